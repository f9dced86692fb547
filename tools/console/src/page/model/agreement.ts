import type { PartRow, Snapshot } from './system';

/** What still stands in the way of agreement, in words; empty: everything that is shown agrees. */
export function disagreements(snapshot: Snapshot, parts: readonly PartRow[]): string[] {
  const { tickets, outbox, parked, groups, away } = snapshot;
  const pending = Object.values(outbox).reduce((sum, count) => sum + count, 0);
  const behind = tickets.filter(({ version, replicaVersion }) => version !== replicaVersion).length;
  const unhandled = groups.reduce((sum, { inFlight, notSent }) => sum + inFlight + notSent, 0);
  const down = parts.filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`);
  return [
    ...down,
    ...away.map((what) => `cannot be read: ${what}`),
    ...(pending > 0 ? [`${events(pending)} in outboxes`] : []),
    ...(unhandled > 0 ? [`${events(unhandled)} not handled`] : []),
    ...(parked.length > 0 ? [`${events(parked.length)} parked`] : []),
    ...(behind > 0 ? [`${behind} ${behind === 1 ? 'replica differs' : 'replicas differ'} from the owner`] : []),
  ];
}

const events = (count: number) => `${count} ${count === 1 ? 'event' : 'events'}`;
