import { runMain } from '@ticketing/common/lifecycle';

runMain('orders', async () => {
  const [{ loadConfig }, { ordersConfig }, { startOrders }] = await Promise.all([
    import('@ticketing/common'),
    import('./config.js'),
    import('./service.js'),
  ]);
  return (signal) => startOrders(loadConfig(ordersConfig, process.env), { signal });
});
