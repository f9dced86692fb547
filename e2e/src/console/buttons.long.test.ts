import { waitFor } from '@ticketing/testing';
import { withBrowser } from '../api/browser.helper';
import type { ConsolePage } from './console-page.helper';
import { ConsoleSuite } from './console-suite.helper';

jest.setTimeout(400_000);

const suite = new ConsoleSuite({ ACK_WAIT_MS: '1000', MAX_ATTEMPTS: '2', EVENT_SWEEP_MS: '500' });
const tickets = () => suite.collection('tickets', 'tickets');
const replicas = () => suite.collection('orders', 'tickets');
const orders = () => suite.collection('orders', 'orders');
const letters = async () =>
  (await suite.collection('orders', 'dead_letters').countDocuments()) +
  (await suite.collection('tickets', 'dead_letters').countDocuments());

/** What the program says that was started last. */
const NEWEST = '.operate .jobs details:first-child';

/** Sells a ticket for 20 on the page, and resolves when orders has it. */
async function sold(console: ConsolePage, title: string) {
  await console.sell(title);
  await console.seesBoth(title, 0);
  const ticket = await tickets().findOne({ title });
  if (!ticket) throw new Error(`${title} was not sold`);
  return ticket;
}
const placeOf = (title: string) => `[aria-label="Ticket ${title}"]`;

withBrowser(
  'edit twice at once: one gets 412, and the ticket has one version more, as the other one wrote it',
  async () => {
    const console = await suite.open();
    const { _id } = await sold(console, 'Twice');
    await console.pressLabelled('Edit twice at once: Twice');
    await console.sees('412', '.answers');
    await console.seesBoth('Twice', 1);
    const edits = (await console.answers()).filter(({ request }) => request.startsWith('PUT '));
    expect(edits).toHaveLength(2);
    for (const { request } of edits)
      expect(request).toBe(`PUT /api/tickets/${String(_id)} as alice if it is still "0"`);
    expect(edits.map(({ status }) => status).sort()).toEqual([200, 412]);
    const { price } = JSON.parse(edits.find(({ status }) => status === 200)?.body ?? '{}') as { price: number };
    expect([21, 22]).toContain(price);
    expect(await tickets().findOne({ _id })).toMatchObject({ version: 1, price });
    expect(await replicas().findOne({ _id })).toMatchObject({ version: 1, price });
  },
);

withBrowser('order ten times at once: one gets 201, nine get 409, and there is one order', async () => {
  const console = await suite.open();
  const { _id } = await sold(console, 'Wanted');
  await console.pressLabelled('10 × at once: order Wanted');
  await console.seesBoth('Wanted', 1);
  await waitFor(async () => (await console.answers()).length === 11, { timeoutMs: 60_000, what: 'all answers' });
  const ten = (await console.answers()).filter(({ request }) => request.startsWith('POST /api/orders'));
  expect(ten.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  const [, userId = ''] = /as (\w+)$/.exec(ten.find(({ status }) => status === 201)?.request ?? '') ?? [];
  await console.sees(`held by ${userId} · no. 1`, placeOf('Wanted'));
  const found = await orders().find({ 'ticket.id': _id }).toArray();
  expect(found).toMatchObject([{ userId, reservation: 1, status: 'created' }]);
  expect(await tickets().findOne({ _id })).toMatchObject({ reservation: { number: 1, state: 'held' } });

  // An answer that somebody has opened stays open while others come and the oldest give way.
  const opened = () => console.page.$$eval('.answers details[open]', (all) => all.map((one) => one.textContent));
  await console.page.locator('.answers details:nth-child(3) summary').click();
  const before = await opened();
  expect(before).toHaveLength(1);
  for (const title of ['More', 'Still more']) {
    await sold(console, title);
    expect(await opened()).toEqual(before);
  }
});

withBrowser('an edit, a payment of a wrong amount, which is refused, and one of the right amount', async () => {
  const console = await suite.open();
  const { _id } = await sold(console, 'Paid');
  await console.pressLabelled('Edit Paid');
  await console.page.locator('::-p-aria(New price)').fill('30');
  await console.pressLabelled('Save as alice');
  await console.seesBoth('Paid', 1);
  await console.pressLabelled('Order as alice: Paid');
  await console.pressLabelled('Pay a wrong amount for Paid');
  await console.sees(/published.*order:payment-refused/, '.step');
  await console.sees('held by alice · no. 1', placeOf('Paid'));
  const order = () => orders().findOne({ 'ticket.id': _id });
  const refused = await suite.collection('orders', 'payment_refusals').find().toArray();
  expect(refused).toMatchObject([{ orderId: (await order())?._id, amount: 31, reason: 'wrong-amount' }]);
  await console.pressLabelled('Pay 30 for Paid');
  await console.sees('sold · no. 1', placeOf('Paid'));
  await console.sees('everything agrees', '.status');
  expect(await order()).toMatchObject({ status: 'complete', ticket: { price: 30 } });
  expect(await tickets().findOne({ _id })).toMatchObject({ price: 30, reservation: { sold: true } });
});

withBrowser('re-emission gives the replica back what it has lost', async () => {
  const console = await suite.open();
  const { _id } = await sold(console, 'Lost copy');
  await replicas().deleteOne({ _id });
  await console.sees('the replica has none yet', placeOf('Lost copy'));
  await console.sees('1 replica differs from the owner', '.status');
  await console.pressLabelled('Re-emit tickets');
  await console.sees(/done Re-emit tickets/, NEWEST);
  await console.sees(`published ${await tickets().countDocuments()} snapshots`, NEWEST);
  await console.seesBoth('Lost copy', 0);
  await console.sees('everything agrees', '.status');
  await console.sees(/saved.*re-emitted/, '.step');
  expect(await replicas().findOne({ _id })).toMatchObject({ version: 0, title: 'Lost copy', price: 20 });
});

withBrowser('the auditor says what disagrees, a rebuild tells its steps, and then everything agrees', async () => {
  const console = await suite.open();
  const { _id } = await sold(console, 'Spoilt copy');
  await replicas().updateOne({ _id }, { $set: { price: 999 } });
  await console.pressLabelled('Audit everything');
  await console.sees(`the replica of ticket ${String(_id)} has price 999, not 20`, NEWEST);
  await console.sees(/not well Audit.*1 disagreements: compared \d+ tickets/s, NEWEST);
  await console.pressLabelled('Rebuild orders.tickets');
  for (const said of ['reading the history', 'swapping the collections', 'catching up', /Rebuilt \d+ tickets from/])
    await console.sees(said, NEWEST);
  await console.sees('done Rebuild orders.tickets', NEWEST);
  expect(await replicas().findOne({ _id })).toMatchObject({ version: 0, price: 20 });
  await console.pressLabelled('Audit everything');
  await console.sees(/done Audit.*Everything agrees/s, NEWEST);
});

withBrowser('a letter that is redriven when its cause is gone is handled', async () => {
  const console = await suite.open();
  const ticket = await sold(console, 'Restored');
  await tickets().deleteOne({ _id: ticket._id });
  expect(await suite.post('/api/orders', { ticketId: String(ticket._id) })).toBe(201);
  await console.sees(/order:created at tickets: failed after 2 attempts.*which does not exist/s, '.letters');
  expect(await letters()).toBe(1);
  await tickets().insertOne(ticket);
  await console.pressLabelled('Redrive the letter of order:created');
  await console.sees(/done Redrive.*handled/s, NEWEST);
  await console.sees('held by alice · no. 1', placeOf('Restored'));
  await console.sees(/Dead letters\s*None\./, '.operate');
  expect(await letters()).toBe(0);
  expect(await tickets().findOne({ _id: ticket._id })).toMatchObject({ reservation: { number: 1, state: 'held' } });
});

withBrowser(
  'letters that can never be handled are dead again when they are redriven, and gone when they are dropped',
  async () => {
    const console = await suite.open();
    await console.pressLabelled('Send what is no JSON');
    await console.pressLabelled('Send a broken contract');
    await console.sees('Dead letters 2', '.operate h3');
    await console.pressLabelled('Redrive all');
    await console.sees(/not well Redrive.*dead again.*dead again/s, NEWEST);
    await console.sees('Dead letters 2', '.operate h3');
    expect(await letters()).toBe(2);
    await console.pressLabelled('Drop all');
    await console.sees(/done Drop.*Dropped 2 dead letters/s, NEWEST);
    await console.sees(/Dead letters\s*None\./, '.operate');
    expect(await letters()).toBe(0);
  },
);
