import type { Operation } from './operation';
import { ordersApi } from './orders';
import { ticketsApi } from './tickets';

export { EXAMPLE_IDS } from './ids';
export { failure, type Operation, type Reply, repliesOf } from './operation';
export { idempotencyKey, keyReused, replayed } from './idempotency';

/** Every operation of both services, in the order in which a user needs them. */
export const operations: readonly Operation[] = [...Object.values(ticketsApi), ...Object.values(ordersApi)];
