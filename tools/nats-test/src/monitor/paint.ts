import { styleText } from 'node:util';
import type { HeartbeatState } from './heartbeat';
import type { SubscriptionState } from './subscription-state';

/** Colours a text by the state that it is about. */
export type Paint = (state: HeartbeatState | SubscriptionState, text: string) => string;

/** What needs no attention has no colour. */
const COLOURS = {
  'no connection': 'red',
  offline: 'red',
  silent: 'yellow',
  stalled: 'yellow',
  unknown: 'gray',
} as const;

/** In colour on a terminal that has any and where NO_COLOR is not set; else the text as it is. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  // A stream that is no terminal has no such method.
  const hasColours = stream.isTTY && stream.hasColors();
  return (state, text) => {
    const colour = state in COLOURS ? COLOURS[state as keyof typeof COLOURS] : undefined;
    return hasColours && colour ? styleText(['bold', colour], text) : text;
  };
}
