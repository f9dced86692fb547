import { restartableNats } from '@ticketing/servers';
import { brokerConformance } from '@ticketing/testing';

brokerConformance({
  name: 'NATS Streaming',
  start: ({ messages, channels } = {}) =>
    restartableNats(undefined, [
      ...(messages === undefined ? [] : ['-mm', `${messages}`]),
      ...(channels === undefined ? [] : ['-mc', `${channels}`]),
    ]),
  settings: (url) => ({ url, clusterId: 'ticketing', pingIntervalMs: 1_000, maxPingsOut: 2 }),
});
