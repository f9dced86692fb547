import type { Replica } from '@ticketing/common';
import { factsOf, type ServiceName, serviceNames } from '@ticketing/services';
import { type Command, Option } from 'commander';

/** A replica, and the service that keeps it. */
export interface KeptReplica {
  readonly keeper: ServiceName;
  readonly replica: Replica;
}

/** All replicas of the system, as `keeper.collection`. */
const NAMES = serviceNames.flatMap((keeper) =>
  Object.keys(factsOf(keeper).replicas).map((collection) => `${keeper}.${collection}`),
);

/** The services that keep replicas. */
export const keepers = serviceNames.filter((name) => Object.keys(factsOf(name).replicas).length > 0);

/** Adds the option that says which replica a command is about. */
export function addReplicaOption(command: Command): Command {
  const option = new Option('--replica <name>', 'which replica, as keeper.collection').choices(NAMES);
  return command.addOption(NAMES.length === 1 ? option.default(NAMES[0]) : option.makeOptionMandatory());
}

/** The replica that the option names. @throws Error when it is not where the list of services says */
export async function replicaOf(command: Command): Promise<KeptReplica> {
  const { replicasOf } = await import('@ticketing/services/code');
  const [keeper, collection] = (command.getOptionValue('replica') as string).split('.') as [ServiceName, string];
  const found = replicasOf(keeper).find((replica) => replica.collection === collection);
  if (!found) throw new Error(`${keeper} keeps no replica ${collection}`);
  return { keeper, replica: found };
}
