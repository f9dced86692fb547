import { orderCancelled, orderCompleted, orderCreated, orderPaymentRefused } from './order';
import { paymentCreated } from './payment';
import { ticketCreated, ticketUpdated } from './ticket';

/** Every event of the system: each is declared once, in a file beside this one. */
export const declared = {
  [ticketCreated.subject]: ticketCreated,
  [ticketUpdated.subject]: ticketUpdated,
  [orderCreated.subject]: orderCreated,
  [orderCancelled.subject]: orderCancelled,
  [orderCompleted.subject]: orderCompleted,
  [orderPaymentRefused.subject]: orderPaymentRefused,
  [paymentCreated.subject]: paymentCreated,
};
