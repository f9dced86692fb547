import { createLogger } from '../runtime/logger';
import { startTracing } from './start-tracing';
import { inSpan } from './tracing';

/**
 * Works in spans, one after the other, until SIGTERM. It is a separate process, because the exporter cannot load in
 * jest.
 */
const logger = createLogger({ name: 'traced', level: 'debug' });
const start = () => startTracing({ serviceName: 'traced', env: process.env, logger });
const tracing = start();
logger.debug({ second: start() ?? null }, 'started');
const working = setInterval(() => {
  const work = () => Promise.resolve(logger.debug('within'));
  void inSpan(() => ({ name: 'work', kind: 'INTERNAL' }), work);
}, 20);
process.once('SIGTERM', () => {
  clearInterval(working);
  void tracing?.stop();
});
