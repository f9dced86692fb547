import { baseConfig, type Config, milliseconds, variable } from '@ticketing/common';
import { z } from 'zod';

/** Every environment variable of payments. */
export const paymentsConfig = {
  ...baseConfig('payments'),
  providerUrl: variable(
    'PROVIDER_URL',
    z.url({ protocol: /^https?$/, error: 'an address such as https://pay.example' }).default('http://localhost:4242'),
    'Address of the payment provider',
  ),
  providerTimeoutMs: variable(
    'PROVIDER_TIMEOUT_MS',
    milliseconds().default(5_000),
    'Time after which an answer of the provider is given up (ms); well below ACK_WAIT_MS',
  ),
  paymentSweepMs: variable(
    'PAYMENT_SWEEP_MS',
    milliseconds().default(5_000),
    'Pause between two sweeps for charges whose end is not known (ms)',
  ),
};
export type PaymentsConfig = Config<typeof paymentsConfig>;
