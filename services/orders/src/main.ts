import { loadConfig, runMain } from '@ticketing/common';
import { ordersConfig } from './config';
import { startOrders } from './service';

runMain('orders', async (signal) => startOrders(loadConfig(ordersConfig, process.env), { signal }));
