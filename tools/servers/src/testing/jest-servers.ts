import type { RunningServer } from '../start/running-server';

/** What the set-up of a jest run started and its tear-down stops; both run in the process that jest was started as. */
export const startedForJest: RunningServer[] = [];
