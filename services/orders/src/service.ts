import { replicaReader, type RunningService, type ServiceOverrides, startService } from '@ticketing/common';
import type { OrdersConfig } from './config';
import { cancelOrder } from './orders/cancel-order';
import { createOrder } from './orders/create-order';
import { expireOrders } from './orders/expire-orders';
import { listOrders } from './orders/list-orders';
import { measureOverdue } from './orders/measure-overdue';
import { orderModel, reEmittedOrders } from './orders/order';
import { showOrder } from './orders/show-order';
import { measureRefused } from './payments/measure-refused';
import { onPaymentCreated } from './payments/on-payment-created';
import { reEmittedRefusals, refusalModel } from './payments/refusal';
import { ticketReplica, type TicketReplicaFields } from './ticket-replica/ticket';

/** All parts of orders. A test starts the same service with its own clock, channels and database. */
export function startOrders(config: OrdersConfig, overrides: ServiceOverrides = {}): Promise<RunningService> {
  return startService({
    name: 'orders',
    config,
    ...overrides,
    assemble: ({ connection, clock, createOnce, logger, metrics }) => {
      const [Order, Refusal] = [orderModel(connection), refusalModel(connection)];
      const tickets = replicaReader<TicketReplicaFields>(connection, ticketReplica);
      measureOverdue(Order, clock, metrics);
      measureRefused(Refusal, metrics);
      return {
        owned: [Order, Refusal],
        reEmitted: [reEmittedOrders(Order), reEmittedRefusals(Refusal)],
        listeners: [ticketReplica, onPaymentCreated({ Order, Refusal, logger })],
        repeating: [expireOrders({ Order, clock, everyMs: config.orderExpirySweepMs, logger })],
        routes: (router) => {
          createOrder(router, { Order, tickets, createOnce, clock, windowMs: config.orderWindowMs });
          listOrders(router, Order);
          showOrder(router, Order);
          cancelOrder(router, Order);
        },
      };
    },
  });
}
