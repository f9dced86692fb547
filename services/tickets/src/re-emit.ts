import { loadConfig, reEmitCommand } from '@ticketing/common';
import { ticketsConfig } from './config';
import { type TicketFields, ticketModel, ticketState } from './tickets/ticket';

void reEmitCommand<TicketFields>(
  {
    name: 'tickets',
    config: () => loadConfig(ticketsConfig, process.env),
    aggregate: (connection) => ({
      model: ticketModel(connection),
      subject: () => 'ticket:updated',
      state: ticketState,
    }),
  },
  process.argv.slice(2),
);
