import { paint } from '@ticketing/command-line';
import type { HeartbeatState } from './heartbeat';
import type { SubscriptionState } from './subscription-state';

export type State = HeartbeatState | SubscriptionState;

/** A state that needs no attention has no colour. */
const COLOURS = {
  'no connection': 'red',
  offline: 'red',
  silent: 'yellow',
  stalled: 'yellow',
  unknown: 'gray',
} as const;

/** Colours a text for standard output by its state. */
export function paintState(state: State, text: string): string {
  const colour = state in COLOURS ? COLOURS[state as keyof typeof COLOURS] : undefined;
  return colour ? paint(['bold', colour], text) : text;
}
