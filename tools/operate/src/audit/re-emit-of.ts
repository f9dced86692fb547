import type { Subject } from '@ticketing/common';

const ofTickets = 'Re-emit tickets: node services/tickets/dist/re-emit.js (docs/runbook.md)';
const ofOrders = 'Re-emit orders: node services/orders/dist/re-emit.js (docs/runbook.md)';

/** What to do when a channel lacks what its owner has published, by the channel. */
export const RE_EMIT_OF: Readonly<Record<Subject, string>> = {
  'ticket:created': ofTickets,
  'ticket:updated': ofTickets,
  'order:created': ofOrders,
  'order:cancelled': ofOrders,
};
