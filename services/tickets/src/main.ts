import { runMain } from '@ticketing/common/lifecycle';

runMain('tickets', async () => {
  const [{ loadConfig }, { ticketsConfig }, { startTickets }] = await Promise.all([
    import('@ticketing/common'),
    import('./config.js'),
    import('./service.js'),
  ]);
  return (signal) => startTickets(loadConfig(ticketsConfig, process.env), { signal });
});
