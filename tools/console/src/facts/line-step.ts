import { type NewStep, STEP_KINDS, type StepKind } from '../page/model/step';

const DEBUG = 20;
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);
const number = (value: unknown) => (typeof value === 'number' ? value : undefined);

/** What the lines of a service say about a step, besides its facts. */
const KIND_OF: Readonly<Record<string, StepKind>> = {
  saved: 'saved',
  published: 'published',
  'not published: it stays in the outbox': 'not-published',
  delivered: 'delivered',
};

/** The step that a line of a service's log tells at `debug`; undefined for any other line. */
export function lineStep(service: string, line: string): NewStep | undefined {
  if (!line.startsWith('{')) return undefined;
  let facts: Readonly<Record<string, unknown>>;
  try {
    facts = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined;
  }
  const deadAtOnce = facts['msg'] === 'a message can never be handled: it is kept as a dead letter';
  if (facts['level'] !== DEBUG && !deadAtOnce) return undefined;
  const message = text(facts['msg']) ?? '';
  const kind = deadAtOnce ? 'dead-lettered' : (KIND_OF[message] ?? outcomeOf(message, facts['outcome']));
  const subject = text(facts['subject']) ?? text(facts['channel']);
  if (kind === undefined || subject === undefined) return undefined;
  return {
    ...{ at: Date.parse(text(facts['time']) ?? '') || Date.now(), kind, where: service, subject },
    ...without({
      aggregateId: text(facts['aggregateId']),
      version: number(facts['version']),
      eventId: text(facts['eventId']),
      traceId: text(facts['traceId']),
      sequence: number(facts['sequence']),
      note: deadAtOnce ? text(facts['reason']) : text((facts['err'] as { message?: unknown } | undefined)?.message),
    }),
  };
}

function outcomeOf(message: string, outcome: unknown): StepKind | undefined {
  if (message !== 'handled an event') return undefined;
  return STEP_KINDS.find((kind) => kind === outcome);
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
export function without<T extends object>(fields: T): Present<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Present<T>;
}
