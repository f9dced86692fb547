import type { Subject } from '@ticketing/common';

const ofTickets = 'Re-emit tickets: node services/tickets/dist/re-emit.js (docs/runbook.md)';
const ofOrders = 'Re-emit orders: node services/orders/dist/re-emit.js (docs/runbook.md)';

/** The remedy, for each channel, when it lacks events that its owner has published. */
export const RE_EMIT_OF: Readonly<Record<Subject, string>> = {
  'ticket:created': ofTickets,
  'ticket:updated': ofTickets,
  'order:created': ofOrders,
  'order:cancelled': ofOrders,
  'order:completed': ofOrders,
  'order:payment-refused': ofOrders,
  'payment:created': 'Ask the service that takes payments to re-emit them (docs/runbook.md)',
};
