import { type Broker, type StatesReach, type StateStream, statesOf, type Subject } from '@ticketing/common';

/** The states of the aggregates that these subjects are about; undefined on an engine that keeps none. */
export function statesAbout(broker: Broker, subjects: readonly Subject[]): StateStream | undefined {
  const kinds = new Set(subjects.map((subject) => subject.replace(/:.*$/s, '')));
  const [kind] = kinds;
  if (kind === undefined || kinds.size > 1) throw new Error(`events of one aggregate: ${subjects.join()} are of more`);
  return statesOf(broker, kind);
}

/** States that are as good as the history: together with the events after their reach, they have all that it had. */
export interface CompleteStates {
  readonly reach: StatesReach;
  readonly read: () => ReturnType<StateStream['read']>;
}

/**
 * The states, or why they cannot stand for the history: nobody has projected all of it, some were removed since, or the
 * broker has lost events that come after them. @throws like `Broker.extent`
 */
export async function completeStates(
  broker: Broker,
  states: StateStream,
  subjects: readonly Subject[],
): Promise<CompleteStates | string> {
  const reach = await states.reached();
  if (!reach) return 'there are none that are complete';
  for (const subject of subjects) {
    const loss = await broker.lossSince(subject, reach.positions[subject]);
    if (loss) return 'the broker has lost events that came after them';
  }
  return { reach, read: () => states.read() };
}
