import { loadConfig, reEmitCommand } from '@ticketing/common';
import { chargesIn } from './charge';
import { paymentsConfig } from './config';
import { paymentModel, reEmittedPayments } from './payment';

void reEmitCommand(
  {
    name: 'payments',
    config: () => loadConfig(paymentsConfig, process.env),
    aggregates: (connection) => [reEmittedPayments(paymentModel(connection), chargesIn(connection))],
  },
  process.argv.slice(2),
);
