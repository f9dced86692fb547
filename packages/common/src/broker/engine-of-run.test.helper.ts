import { testEngine } from '@ticketing/servers';
import { type BrokerEngine } from '@ticketing/testing';
import { jetStreamEngine } from './jetstream/engine.test.helper';
import { streamingEngine } from './nats-streaming/engine.test.helper';

/** The engine that TEST_BROKER names, for suites that need a server of their own. */
export const engineOfRun: BrokerEngine = testEngine() === 'jetstream' ? jetStreamEngine : streamingEngine;
