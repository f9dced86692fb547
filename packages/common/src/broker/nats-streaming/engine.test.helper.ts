import { restartableNats } from '@ticketing/servers';
import type { BrokerEngine } from '@ticketing/testing';

export const streamingEngine: BrokerEngine = {
  name: 'NATS Streaming',
  start: ({ messages, only } = {}) =>
    restartableNats(undefined, [
      ...(messages === undefined ? [] : ['-mm', `${messages}`]),
      ...(only === undefined ? [] : ['-mc', '1']), // the first one that is used
    ]),
  settings: (url) => ({ url, clusterId: 'ticketing' }),
};
