import { runMain } from '@ticketing/common/lifecycle';

runMain('new-things', async () => {
  const [{ loadConfig }, { newThingsConfig }, { startNewThings }] = await Promise.all([
    import('@ticketing/common'),
    import('./config.js'),
    import('./service.js'),
  ]);
  return (signal) => startNewThings(loadConfig(newThingsConfig, process.env), { signal });
});
