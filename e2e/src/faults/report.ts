import type { Answered, Statuses } from '../system/mixed-load.helper';
import type { TestSystem } from '../system/system.helper';
import { type Counters, eventsOf } from '../system/counters.helper';
import type { Outcome } from './run-schedule';
import { describeFault, type Happened } from './schedule';

/** The history of at most this many aggregates is printed; the rest is in the log folder. */
const HISTORIES = 5;
const PROBLEMS = 30;

const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
const time = (ms: number) => new Date(ms).toISOString().slice(11, 23);

/** A few lines on a schedule, whether it held or not. */
export function summaryOf({ schedule, statuses, report, agreedAfterMs, counters, ends, happened }: Outcome): string[] {
  const { tickets, orders, events, payments, promises } = report.compared;
  return [
    `requests: ${countsOf(statuses)}; promises: ${promises}`,
    `compared: ${tickets} tickets, ${orders} orders, ${events} events in the stream, ${payments} payments`,
    `payments: ${countsOf(ends)}`,
    `events: ${eventsOf(counters)}`,
    `seed ${schedule.seed}: ${happened.length} faults, agreed ${seconds(agreedAfterMs)} after the load`,
  ];
}

export function countsOf(counts: Statuses | Counters): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');
}

/** Everything needed to find the cause: the seed, what was done when, and the history of the broken aggregates. */
export async function failureOf(outcome: Outcome, system: TestSystem): Promise<string[]> {
  const { problems, schedule, happened } = outcome;
  const broken = [...new Set(problems.flatMap(({ aggregateId }) => aggregateId ?? []))];
  const histories = await Promise.all(broken.slice(0, HISTORIES).map((id) => historyOf(id, outcome, system)));
  return [
    `FAILED with seed ${schedule.seed}: ${problems.length} problems in ${broken.length} aggregates`,
    ...problems.slice(0, PROBLEMS).map(({ message }) => `  - ${message}`),
    ...(problems.length > PROBLEMS ? [`  ... and ${problems.length - PROBLEMS} more`] : []),
    'The schedule, as it happened:',
    ...happened.toSorted((a, b) => a.from - b.from).map(happenedLine),
    ...histories.flat(),
  ];
}

function happenedLine({ fault, from, to, note }: Happened): string {
  return `  ${time(from)} to ${time(to)}: ${describeFault(fault)}; ${note}`;
}

/** The aggregate in the stream, the databases and the clients' log; for a ticket its orders as well. */
async function historyOf(id: string, outcome: Outcome, { databases }: TestSystem): Promise<string[]> {
  const { tickets, orders } = databases;
  const find = async (where: typeof tickets, collection: string, matches: (document: Document) => boolean) =>
    (await where.collection<Document>(collection).find().toArray()).filter(matches);
  const isIt = ({ _id }: Document) => String(_id) === id;
  const stored = {
    'tickets.tickets': await find(tickets, 'tickets', isIt),
    'orders.tickets (replica, with what is parked)': await find(orders, 'tickets', isIt),
    'orders.orders': await find(orders, 'orders', (order) => isIt(order) || String(order.ticket?.id) === id),
  };
  const refusals = await find(orders, 'payment_refusals', (one) => isIt(one) || String(one.orderId) === id);
  const ids = [id, ...stored['orders.orders'].map(({ _id }) => String(_id)).filter((one) => one !== id)];
  const events = ids.flatMap((one) => outcome.report.historyOf(one)).toSorted((a, b) => a.storedAt - b.storedAt);
  return [
    `History of ${id}:`,
    ...events.map(
      ({ storedAt, sequence, subject, snapshot, occurredAt, payload }) =>
        `  stream ${time(storedAt)} #${sequence} ${subject}${snapshot ? ' (snapshot)' : ''}, recorded ${time(occurredAt)}: ${payload}`,
    ),
    ...Object.entries({ ...stored, 'orders.payment_refusals': refusals }).flatMap(([name, documents]) =>
      documents.map((document) => `  ${name}: ${JSON.stringify(document)}`),
    ),
    ...outcome.answers.filter((answer) => isAbout(answer, ids)).map((answer) => `  client ${clientLine(answer)}`),
  ];
}

interface Document {
  readonly _id: unknown;
  readonly ticket?: { readonly id: unknown };
  readonly orderId?: unknown;
}

function isAbout({ id, body }: Answered, ids: readonly string[]): boolean {
  const told = typeof body === 'object' && body !== null && 'id' in body ? String(body.id) : undefined;
  return [id, told].some((one) => one !== undefined && ids.includes(one));
}

function clientLine({ at, ms, user, call, id = '', status, body }: Answered): string {
  return `${time(at)} +${ms} ms ${user} ${call} ${id}: ${status} ${JSON.stringify(body)}`;
}
