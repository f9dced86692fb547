import type { AuditReport } from '@ticketing/operate';
import type { Answered } from '../../system/mixed-load.helper';
import type { Happened } from '../schedule';
import { checkLoad, type Load } from './check-load';

const happened: Happened = {
  fault: { kind: 'nats-killed', at: 0, forMs: 1_000 },
  ...{ from: 1_000, to: 2_000, note: '' },
};
const answered = { call: 'list', user: 'bob', at: 1_500, ms: 10, status: 200, body: [] } as Answered;
const load: Load = {
  ...{ answers: [answered], promises: [{ what: 'cancelled', id: 'a'.repeat(24) }], paymentsAt: [1_500] },
  ends: { complete: 1, 'order-paid': 1, 'order-cancelled': 1 },
};
const compared = { tickets: 1, orders: 1, events: 1, payments: 1, promises: 1 };
const check = (changed: Partial<Load> = {}, of: Partial<typeof compared> = {}) =>
  checkLoad({ ...load, ...changed }, { compared: { ...compared, ...of } } as AuditReport, [happened]).map(
    ({ message }) => message,
  );

test('a load during the fault, all of which was compared, is no problem', () => {
  expect(check()).toEqual([]);
});

test('users that all wait for their answers, as without MongoDB, are a load', () => {
  expect(check({ answers: [{ ...answered, at: 900, ms: 1_200 }] })).toEqual([]);
});

test.each<[string, Partial<Load>, Partial<typeof compared>, string]>([
  [
    'no request until after the fault',
    { answers: [{ ...answered, at: 2_001 }] },
    {},
    'no request was under way during',
  ],
  ['none since before it', { answers: [{ ...answered, at: 900, ms: 99 }] }, {}, 'no request was under way during'],
  ['no payment during the fault', { paymentsAt: [999, 2_001] }, {}, 'no payment was told during a fault'],
  ['nothing compared', {}, { payments: 0 }, 'hardly anything was compared'],
  ['a promise that was not compared', { promises: [] }, {}, 'hardly anything was compared'],
  ['no payment that completed its order', { ends: { 'order-paid': 9, 'order-cancelled': 9 } }, {}, 'hardly a payment'],
  ['no payment that was refused', { ends: { complete: 9 } }, {}, 'hardly a payment ended'],
  ['one reason only', { ends: { complete: 9, 'no-such-order': 1 } }, {}, 'hardly a payment ended'],
])('%s is a problem', (_name, changed, of, message) => {
  expect(check(changed, of)).toEqual([expect.stringContaining(message)]);
});
