import { waitFor } from '@ticketing/testing';
import type { ServiceProcess } from '@ticketing/start';
import { TestSystem } from '../system/system.helper';
import { send, undocumented } from './documented.helper';
import { type Described, exampleRequests, withIds } from './example-requests.helper';

let system: TestSystem;
let services: ServiceProcess[];
beforeAll(async () => {
  system = await TestSystem.open();
  services = await Promise.all([system.start('tickets'), system.start('orders')]);
});
afterAll(() => system.close());

test('each example of the document that is served is answered as the document says', async () => {
  const document = (await (await fetch(`${system.url}/api/openapi.json`)).json()) as Described;
  const ids: { ticket?: string; order?: string } = {};
  const statuses: Record<string, number> = {};
  for (const request of exampleRequests(document)) {
    const answer = await waitFor(async () => {
      const answered = await send(system.url, withIds(request, ids));
      // A ticket that is new reaches orders within moments, and is 404 until then.
      if (answered.status === 404) throw new Error(JSON.stringify(answered.body));
      return answered;
    });
    expect(undocumented(request.operationId, answer)).toBeUndefined();
    statuses[request.operationId] = answer.status;
    const { id } = (answer.body ?? {}) as { id?: string };
    if (id !== undefined && request.operationId === 'createTicket') ids.ticket = id;
    if (id !== undefined && request.operationId === 'createOrder') ids.order = id;
  }
  expect(statuses).toEqual({
    ...{ createTicket: 201, listTickets: 200, showTicket: 200, updateTicket: 200 },
    ...{ createOrder: 201, listOrders: 200, showOrder: 200, cancelOrder: 204 },
  });
});

test('both services serve the same document', async () => {
  const texts = services.map(async ({ url }) => (await fetch(`${url}/api/openapi.json`)).text());
  expect(new Set(await Promise.all(texts)).size).toBe(1);
});
