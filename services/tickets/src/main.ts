import { loadConfig, runMain } from '@ticketing/common';
import { ticketsConfig } from './config';
import { startTickets } from './service';

runMain('tickets', async (signal) => startTickets(loadConfig(ticketsConfig, process.env), { signal }));
