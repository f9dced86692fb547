import { type RunningService, type ServiceOverrides, startService } from '@ticketing/common';
import type { TicketsConfig } from './config';
import { onOrderCancelled } from './reservations/on-order-cancelled';
import { onOrderCompleted } from './reservations/on-order-completed';
import { onOrderCreated } from './reservations/on-order-created';
import { createTicket } from './tickets/create-ticket';
import { listTickets } from './tickets/list-tickets';
import { showTicket } from './tickets/show-ticket';
import { reEmittedTickets, ticketModel } from './tickets/ticket';
import { updateTicket } from './tickets/update-ticket';

/** All parts of tickets. A test starts the same service with its own clock, channels and database. */
export function startTickets(config: TicketsConfig, overrides: ServiceOverrides = {}): Promise<RunningService> {
  return startService({
    name: 'tickets',
    config,
    ...overrides,
    assemble: ({ connection, createOnce }) => {
      const Ticket = ticketModel(connection);
      return {
        owned: [Ticket],
        reEmitted: [reEmittedTickets(Ticket)],
        listeners: [onOrderCreated(Ticket), onOrderCancelled(Ticket), onOrderCompleted(Ticket)],
        routes: (router) => {
          createTicket(router, Ticket, createOnce);
          listTickets(router, Ticket);
          showTicket(router, Ticket);
          updateTicket(router, Ticket);
        },
      };
    },
  });
}
