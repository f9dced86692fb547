import { loadConfig, reEmitCommand } from '@ticketing/common';
import { ordersConfig } from './config';
import { orderModel, reEmittedOrders } from './orders/order';
import { reEmittedRefusals, refusalModel } from './payments/refusal';

void reEmitCommand(
  {
    name: 'orders',
    config: () => loadConfig(ordersConfig, process.env),
    aggregates: (connection) => [reEmittedOrders(orderModel(connection)), reEmittedRefusals(refusalModel(connection))],
  },
  process.argv.slice(2),
);
