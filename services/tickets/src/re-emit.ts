import { loadConfig, reEmitCommand } from '@ticketing/common';
import { ticketsConfig } from './config';
import { reEmittedTickets, type TicketFields, ticketModel } from './tickets/ticket';

void reEmitCommand<TicketFields>(
  {
    name: 'tickets',
    config: () => loadConfig(ticketsConfig, process.env),
    aggregate: (connection) => reEmittedTickets(ticketModel(connection)),
  },
  process.argv.slice(2),
);
