import { baseConfig, type Config } from '@ticketing/common';

/** Every environment variable of tickets. */
export const ticketsConfig = baseConfig('tickets');
export type TicketsConfig = Config<typeof ticketsConfig>;
