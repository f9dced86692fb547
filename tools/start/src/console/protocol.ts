/** What can be done to a part of the system. */
export const HOWS = ['stop', 'kill', 'pause', 'resume', 'start'] as const;
export type How = (typeof HOWS)[number];

/** What can be done to the next message on its way to a service, or to the next ack on its way back. */
export const FAULTS = ['hold', 'twice', 'drop-ack'] as const;
export type Fault = (typeof FAULTS)[number];

export type PartState = 'running' | 'paused' | 'stopped' | 'starting' | 'stopping';

/** What `npm start` tells the console that it has started. */
export type ToConsole =
  | { readonly what: 'line'; readonly service: string; readonly text: string }
  | { readonly what: 'parts'; readonly parts: readonly { readonly name: string; readonly state: PartState }[] }
  /** A fault has happened, in words. */
  | { readonly what: 'happened'; readonly text: string }
  /** A request is done, or the problem says why not. */
  | { readonly what: 'answer'; readonly id: number; readonly problem?: string };

/** What the console asks `npm start` for. */
export type FromConsole =
  | { readonly what: 'ready'; readonly url: string }
  | { readonly what: 'part'; readonly id: number; readonly part: string; readonly how: How }
  | { readonly what: 'deliver'; readonly id: number; readonly service: string; readonly fault: Fault };
