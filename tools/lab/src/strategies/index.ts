import { lastWriterWins } from './last-writer-wins';
import { lookUpPrevious } from './look-up-previous';
import { naive } from './naive';
import { oneConsumer } from './one-consumer';
import { onePerKey } from './one-per-key';
import { sequenceNumbers } from './sequence-numbers';
import { serialQueue } from './serial-queue';
import { storeAndSort } from './store-and-sort';
import type { Strategy } from './strategy';
import { versioned } from './versioned';

/** All strategies, in the order in which they are told. */
export const strategies: readonly Strategy[] = [
  ...[naive, oneConsumer, onePerKey, serialQueue, lastWriterWins],
  ...[sequenceNumbers, storeAndSort, lookUpPrevious, versioned],
];
