import type { RunningServer } from '../start/running-server';

/** The servers that the set-up of a jest run starts and its tear-down stops; both run in jest's main process. */
export const startedForJest: RunningServer[] = [];
