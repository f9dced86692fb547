import { loadConfig, reEmitCommand } from '@ticketing/common';
import { ordersConfig } from './config';
import { type OrderFields, orderModel, reEmittedOrders } from './orders/order';

void reEmitCommand<OrderFields>(
  {
    name: 'orders',
    config: () => loadConfig(ordersConfig, process.env),
    aggregate: (connection) => reEmittedOrders(orderModel(connection)),
  },
  process.argv.slice(2),
);
