import { loadConfig, reEmitCommand } from '@ticketing/common';
import { ticketsConfig } from './config';
import { reEmittedTickets, ticketModel } from './tickets/ticket';

void reEmitCommand(
  {
    name: 'tickets',
    config: () => loadConfig(ticketsConfig, process.env),
    aggregates: (connection) => [reEmittedTickets(ticketModel(connection))],
  },
  process.argv.slice(2),
);
