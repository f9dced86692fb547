import type { Engine } from '../nats/start-broker';

/** The engine that this test run is about: TEST_BROKER, else NATS Streaming. */
export function testEngine(env: NodeJS.ProcessEnv = process.env): Engine {
  return env['TEST_BROKER'] === 'jetstream' ? 'jetstream' : 'streaming';
}
