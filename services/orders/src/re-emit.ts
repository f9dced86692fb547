import { loadConfig, reEmitCommand } from '@ticketing/common';
import { ordersConfig } from './config';
import { isActive, type OrderFields, orderModel, orderState } from './orders/order';

void reEmitCommand<OrderFields>(
  {
    name: 'orders',
    config: () => loadConfig(ordersConfig, process.env),
    aggregate: (connection) => ({
      model: orderModel(connection),
      subject: (order) => (isActive(order) ? 'order:created' : 'order:cancelled'),
      state: orderState,
    }),
  },
  process.argv.slice(2),
);
