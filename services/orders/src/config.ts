import { baseConfig, type Config, milliseconds, variable } from '@ticketing/common';

/** Every environment variable of orders. */
export const ordersConfig = {
  ...baseConfig('orders'),
  orderWindowMs: variable(
    'ORDER_WINDOW_MS',
    milliseconds().default(15 * 60_000),
    'How long an order holds its ticket before it expires (ms)',
  ),
  orderExpirySweepMs: variable(
    'ORDER_EXPIRY_SWEEP_MS',
    milliseconds().default(1_000),
    'Pause between two sweeps for orders that have expired (ms)',
  ),
};
export type OrdersConfig = Config<typeof ordersConfig>;
