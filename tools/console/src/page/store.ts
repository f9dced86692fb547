import { useEffect, useState } from 'preact/hooks';
import { appendSteps } from './model/append-steps';
import type { Filter } from './model/filter';
import type { Step } from './model/step';
import type { Hello, Job, PartRow, Snapshot } from './model/system';

export interface Call {
  /** Ascends, so that what is opened stays open when others come and go. */
  readonly id: number;
  readonly request: string;
  readonly status: number;
  readonly body: string;
}

/** Everything that the page shows. */
export interface State {
  readonly hello: Hello | undefined;
  readonly link: 'live' | 'connecting …' | 'no answer: trying again …';
  readonly steps: readonly Step[];
  readonly snapshot: Snapshot | undefined;
  readonly jobs: readonly Job[];
  readonly parts: readonly PartRow[];
  readonly user: string;
  readonly filter: Filter;
  /** The step whose event is shown whole. */
  readonly opened: Step | undefined;
  /** The answers to what was done on this page, newest first. */
  readonly calls: readonly Call[];
  /** Why the last act could not be done. */
  readonly problem: string | undefined;
}

/** What comes often is drawn at most this often (ms). */
const DRAW_EVERY_MS = 120;
const SHOWN_CALLS = 12;

let state: State = {
  ...{ hello: undefined, link: 'connecting …', steps: [], snapshot: undefined, jobs: [], parts: [] },
  ...{ user: 'alice', filter: { text: '', kind: '' }, opened: undefined, calls: [], problem: undefined },
};
const listeners = new Set<() => void>();
const stepListeners = new Set<(steps: readonly Step[]) => void>();
let timer: number | undefined;
let drawnAt = 0;
let lastCall = 0;

function draw(): void {
  window.clearTimeout(timer);
  timer = undefined;
  drawnAt = performance.now();
  for (const listener of listeners) listener();
}

/** Changes the state, and draws at once: for what a person does. */
export function change(part: Partial<State>): void {
  state = { ...state, ...part };
  draw();
}

/** Changes the state, and draws soon: for what the server tells. */
export function take(part: Partial<State>): void {
  state = { ...state, ...part };
  timer ??= window.setTimeout(draw, Math.max(0, drawnAt + DRAW_EVERY_MS - performance.now()));
}

export function takeSteps(added: readonly Step[]): void {
  for (const listener of stepListeners) listener(added);
  take({ steps: appendSteps(state.steps, added) });
}

export function addCalls(calls: readonly Omit<Call, 'id'>[]): void {
  const added = calls.map((call) => ({ ...call, id: ++lastCall })).reverse();
  change({ calls: [...added, ...state.calls].slice(0, SHOWN_CALLS), problem: undefined });
}

export function current(): State {
  return state;
}

/** A part of the state, which draws its component again when it becomes another one. */
export function useStore<T>(pick: (state: State) => T): T {
  const [picked, setPicked] = useState(() => pick(state));
  useEffect(() => {
    const listener = () => setPicked(() => pick(state));
    listener();
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }, []);
  return picked;
}

/** Calls back with steps as they come, before they are drawn. Returns a function that ends it. */
export function onSteps(listener: (steps: readonly Step[]) => void): () => void {
  stepListeners.add(listener);
  return () => void stepListeners.delete(listener);
}
