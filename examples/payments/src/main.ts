import { runMain } from '@ticketing/common/lifecycle';

runMain('payments', async () => {
  const [{ loadConfig }, { paymentsConfig }, { startPayments }] = await Promise.all([
    import('@ticketing/common'),
    import('./config.js'),
    import('./service.js'),
  ]);
  return (signal) => startPayments(loadConfig(paymentsConfig, process.env), { signal });
});
