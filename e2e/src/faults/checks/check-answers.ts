import type { Answered, Call } from '../../system/mixed-load.helper';
import { type Happened, serviceOf } from '../schedule';

/** The allowed answers of each call without faults. What was promised is not 404; only orders may lag behind. */
const EXPECTED: Readonly<Record<Call, readonly number[]>> = {
  sell: [201],
  edit: [200, 409, 412],
  order: [201, 404, 409],
  cancel: [204],
  'show-ticket': [200],
  'show-order': [200],
  list: [200],
};

/** Up to this long (ms) after a killed process is gone a request can have used a connection without anybody behind it. */
const DYING_MS = 200;
/**
 * For this long (ms) after MongoDB accepts connections again a service may not have found it yet; a process that was
 * paused then, after it goes on.
 */
const FINDING_MS = 2_000;
/** After a pause of this length (ms) the time that a request waits for the database can be over. */
const WAITING_MS = 2_000;

export interface Problem {
  readonly message: string;
  readonly aggregateId?: string;
}

/**
 * The wrong answers. Without MongoDB 503 is right; it is also right for a request that waited for a connection to
 * MongoDB when its process was paused. A request that a killed process was handling is 502, or its answer breaks off.
 * No fault of the broker, or of a connection to it, excuses a wrong answer.
 * @param paidSince when (ms since 1970) a payment of its price was told first, for each order that has one: from then on,
 * and for no other reason, its cancel may be 409
 */
export function checkAnswers(
  answers: readonly Answered[],
  happened: readonly Happened[],
  paidSince: ReadonlyMap<string, number> = new Map(),
): Problem[] {
  return [...unexpectedStatuses(answers, happened, paidSince), ...backwards(answers), ...lostUpdates(answers)];
}

function unexpectedStatuses(
  answers: readonly Answered[],
  happened: readonly Happened[],
  paidSince: ReadonlyMap<string, number>,
): Problem[] {
  const isPaid = ({ call, status, id, at, ms }: Answered) =>
    call === 'cancel' && status === 409 && at + ms >= (paidSince.get(id ?? '') ?? Infinity);
  return answers
    .filter((answer) => !EXPECTED[answer.call].includes(answer.status) && !isPaid(answer))
    .filter((answer) => !isExcused(answer, happened))
    .map((answer) => {
      const { user, call, status, body, at, ms, id } = answer;
      const when = `sent at ${new Date(at).toISOString()}, answered after ${ms} ms`;
      const message = `${call} by ${user} was answered ${status} ${JSON.stringify(body)}, ${when}`;
      return { message, ...(id && { aggregateId: id }) };
    });
}

function isExcused({ call, status, at, ms }: Answered, happened: readonly Happened[]): boolean {
  const overlaps = (from: number, to: number) => at <= to && at + ms >= from;
  const pauses = happened.filter(
    ({ fault }) => fault.kind === 'process-paused' && serviceOf(fault.slot) === ownerOf(call),
  );
  return happened.some(({ fault, from, to, goneAt = from }) => {
    if (fault.kind === 'mongo-killed') {
      const late = pauses.filter((pause) => pause.from <= to && pause.to > to);
      const looking = [{ from, to }, ...late.map((pause) => ({ ...pause, from: pause.to }))];
      return status === 503 && looking.some((one) => overlaps(one.from, one.to + FINDING_MS));
    }
    if (fault.kind !== 'service-killed' && fault.kind !== 'process-paused') return false;
    if (status === 503 && fault.kind === 'service-killed') {
      // MongoDB hung until then.
      return fault.handsFull && goneAt - from >= WAITING_MS && overlaps(from, goneAt + FINDING_MS);
    }
    if (serviceOf(fault.slot) !== ownerOf(call)) return false;
    if (fault.kind === 'process-paused') {
      return status === 503 && to - from >= WAITING_MS && at <= from + DYING_MS && at + ms >= to;
    }
    return (status === 502 || status === 0) && overlaps(from, goneAt + DYING_MS);
  });
}

function ownerOf(call: Call): 'tickets' | 'orders' {
  return call === 'order' || call === 'cancel' || call === 'show-order' ? 'orders' : 'tickets';
}

interface Told {
  readonly id: string;
  readonly version: number;
  readonly answer: Answered;
}

/** Answers that tell a ticket or an order at a version. */
function toldBy(answer: Answered): Told | undefined {
  const { call, status, body } = answer;
  if (status !== 200 && status !== 201) return undefined;
  if (call === 'list' || typeof body !== 'object' || body === null) return undefined;
  const { id, version } = body as { id: string; version: number };
  return { id, version, answer };
}

/** A request after an answer sees at least the version of that answer, so no acknowledged write was lost. */
function backwards(answers: readonly Answered[]): Problem[] {
  const told = answers.flatMap((answer) => toldBy(answer) ?? []);
  const endOf = ({ answer }: Told) => answer.at + answer.ms;
  const ended = told.toSorted((a, b) => endOf(a) - endOf(b));
  const highest = new Map<string, number>();
  const problems: Problem[] = [];
  let next = 0;
  for (const { id, version, answer } of told.toSorted((a, b) => a.answer.at - b.answer.at)) {
    for (let one = ended[next]; one && endOf(one) < answer.at; one = ended[(next += 1)]) {
      highest.set(one.id, Math.max(one.version, highest.get(one.id) ?? 0));
    }
    const seen = highest.get(id) ?? 0;
    if (version >= seen) continue;
    problems.push({
      aggregateId: id,
      message: `${answer.call} shows ${id} at version ${version}, after ${seen} was shown`,
    });
  }
  return problems;
}

/** A version is one change. If two requests were told the same version for different changes, one is lost. */
function lostUpdates(answers: readonly Answered[]): Problem[] {
  const changes = answers.filter(({ call }) => call === 'sell' || call === 'edit' || call === 'order');
  const seen = new Set<string>();
  return changes.flatMap((change) => {
    const told = toldBy(change);
    if (!told) return [];
    const key = `${told.id} ${told.version}`;
    const twice = seen.has(key);
    seen.add(key);
    if (!twice) return [];
    return [{ aggregateId: told.id, message: `two changes were answered by version ${told.version} of ${told.id}` }];
  });
}
