import { CommandError } from '@ticketing/command-line';
import type { DeadLetter, deadLetterStore } from '@ticketing/common';
import { type ServiceName, serviceNames } from '@ticketing/services';
import { type Command, Option } from 'commander';
import type { Connection } from 'mongoose';
import { addAddressOptions, addressesOf, need } from '../../cli/addresses';

type DeadLetterStore = ReturnType<typeof deadLetterStore>;

/** The dead letters of one service. */
export interface ServiceLetters {
  readonly service: ServiceName;
  readonly store: DeadLetterStore;
}

/** A letter, and where it is. */
export interface FoundLetter extends ServiceLetters {
  readonly letter: DeadLetter;
}

export interface LetterOptions {
  readonly service?: ServiceName;
  readonly json?: true;
}

/** The options that every command about dead letters has. */
export function addLetterOptions(command: Command): Command {
  command.addOption(new Option('--service <name>', 'only of this service').choices(serviceNames));
  command.option('--json', 'prints the result as JSON');
  return addAddressOptions(command, 'databases');
}

/** Gives a task the letters of all services, or of the one that was named. @throws CommandError when one cannot be reached */
export async function withLetters<T>(
  command: Command,
  { service }: LetterOptions,
  task: (all: readonly ServiceLetters[]) => Promise<T>,
): Promise<T> {
  const addresses = addressesOf(command, process.env);
  const [{ deadLetterStore }, { withDatabase, withDatabases }] = await Promise.all([
    import('@ticketing/common'),
    import('../../cli/connections.js'),
  ]);
  const lettersIn = (name: ServiceName, connection: Connection) => ({
    service: name,
    store: deadLetterStore(connection),
  });
  if (service !== undefined) return withDatabase(need(addresses, service), (only) => task([lettersIn(service, only)]));
  return withDatabases(addresses, (all) => task(serviceNames.map((name) => lettersIn(name, all[name]))));
}

/** Looks for letters by their ids. @throws CommandError, exit code 1, that names those that are in no database */
export async function findLetters(all: readonly ServiceLetters[], ids: readonly string[]): Promise<FoundLetter[]> {
  const wanted = [...new Set(ids)];
  const inEach = all.map(async (letters) =>
    (await letters.store.list({ _id: { $in: wanted } }, 0)).map((letter) => ({ ...letters, letter })),
  );
  const found = (await Promise.all(inEach)).flat();
  const unknown = wanted.filter((id) => !found.some(({ letter }) => letter._id === id));
  if (unknown.length === 0) return found;
  const where = all.map(({ service }) => service).join(' and ');
  throw new CommandError(`No such dead letter in ${where}: ${unknown.join(', ')}. See: dead-letters list`, 1);
}

/**
 * The letters that a command works on: those named, or all in this state.
 * @throws CommandError for neither or both, or an unknown letter
 */
export async function chooseLetters(
  all: readonly ServiceLetters[],
  ids: readonly string[],
  everyOne: { readonly state?: DeadLetter['state'] } | undefined,
): Promise<FoundLetter[]> {
  if (ids.length > 0 && everyOne) throw new CommandError('Give either ids or --all, not both.');
  if (ids.length > 0) return findLetters(all, ids);
  if (!everyOne)
    throw new CommandError('Which dead letters? Give their ids, as `dead-letters list` shows them, or --all.');
  const inEach = all.map(async (letters) =>
    (await letters.store.list(everyOne, 0)).map((letter) => ({ ...letters, letter })),
  );
  return (await Promise.all(inEach)).flat();
}

/** A letter for `--json`. */
export function letterJson({ service, letter: { _id, ...letter } }: FoundLetter): object {
  return { id: _id, service, ...letter };
}
