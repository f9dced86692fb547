import { replicaReader, type RunningService, type ServiceOverrides, startService } from '@ticketing/common';
import { chargesIn } from './charge';
import type { PaymentsConfig } from './config';
import { createPayment } from './create-payment';
import { finishCharges } from './finish-charges';
import { onPaymentRefused } from './on-payment-refused';
import { orderReplica, type OrderReplicaFields } from './order-replica';
import { paymentModel, reEmittedPayments } from './payment';
import { providerAt } from './provider';

/** All parts of payments. A test starts the same service with its own clock, channels and database. */
export function startPayments(config: PaymentsConfig, overrides: ServiceOverrides = {}): Promise<RunningService> {
  return startService({
    name: 'payments',
    config,
    ...overrides,
    assemble: ({ connection, clock, logger }) => {
      const [Payment, charges] = [paymentModel(connection), chargesIn(connection)];
      const provider = providerAt(config.providerUrl, config.providerTimeoutMs);
      const orders = replicaReader<OrderReplicaFields>(connection, orderReplica);
      const taking = { Payment, charges, provider, clock };
      const sweep = { everyMs: config.paymentSweepMs, openForMs: 2 * config.providerTimeoutMs };
      return {
        owned: [Payment],
        reEmitted: [reEmittedPayments(Payment, charges)],
        listeners: [orderReplica, onPaymentRefused(taking)],
        repeating: [finishCharges({ ...taking, ...sweep, logger })],
        routes: (router) => createPayment(router, { ...taking, orders }),
      };
    },
  });
}
