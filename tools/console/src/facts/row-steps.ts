import type { NewStep } from '../page/model/step';
import type { Snapshot } from '../page/model/system';

/**
 * What two looks at the databases tell together, for a system whose lines are not to be had: versions that a replica
 * has reached, events that are parked, and messages that became dead letters.
 * @param replicaAt the service that keeps the replica of the tickets
 */
export function rowSteps(before: Snapshot, now: Snapshot, replicaAt: string): NewStep[] {
  const at = now.at;
  const versions = new Map(before.tickets.map(({ id, replicaVersion }) => [id, replicaVersion]));
  const applied = now.tickets.flatMap(({ id, replicaVersion }): NewStep[] => {
    const was = versions.get(id);
    if (replicaVersion === undefined || replicaVersion === was) return [];
    const subject = replicaVersion === 0 ? 'ticket:created' : 'ticket:updated';
    return [{ at, kind: 'applied', where: replicaAt, subject, aggregateId: id, version: replicaVersion }];
  });
  const wasParked = new Set(before.parked.map(({ aggregateId, version }) => `${aggregateId}|${version}`));
  const parked = now.parked
    .filter(({ aggregateId, version }) => !wasParked.has(`${aggregateId}|${version}`))
    .map(({ keeper, aggregateId, subject, version, since, waitsFor }): NewStep => ({
      ...{ at: since, kind: 'parked', where: keeper, subject, aggregateId, version, note: `waits for ${waitsFor}` },
    }));
  const wasDead = new Set(before.letters.map(({ id, state }) => `${id}|${state}`));
  const dead = now.letters
    .filter(({ id, state }) => state === 'dead' && !wasDead.has(`${id}|${state}`))
    .map(({ service, channel, message }): NewStep => ({
      ...{ at, kind: 'dead-lettered', where: service, subject: channel, note: message },
    }));
  return [...applied, ...parked, ...dead];
}
