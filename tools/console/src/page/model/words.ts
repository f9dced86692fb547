import type { StepKind } from './step';

/** The last digits of an id, by which people tell a few apart. */
export function short(id: string | undefined): string {
  return id === undefined ? '' : `…${id.slice(-5)}`;
}

/** The time of day with milliseconds. */
export function clock(at: number): string {
  const date = new Date(at);
  const two = (value: number, width = 2) => String(value).padStart(width, '0');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => two(value)).join(':');
  return `${time}.${two(date.getMilliseconds(), 3)}`;
}

/** What an outcome means, in a sentence. */
export const MEANING: Readonly<Record<StepKind, string>> = {
  saved: 'State, version and event are in the database, by one write.',
  published: 'The broker has stored it, and said so.',
  'not-published': 'The broker did not take it: it stays in the outbox, and is published later.',
  delivered: 'A member of the group has got it.',
  applied: 'It was the next version, and is applied.',
  seen: 'It was applied before, or is older than what is there: nothing to do.',
  parked: 'It came before its predecessor, and waits inside the replica.',
  skipped: 'Its predecessor did not come in time: it is applied over the gap, as the whole state that it is.',
  postponed: 'There was no room to park it: it comes again.',
  failed: 'Its handler failed: it comes again.',
  'dead-lettered': 'It cannot be handled: it is kept for an operator.',
  'let-go': 'It waited for too long in this process: it comes again.',
};

/** The colour that a kind has everywhere. */
export function toneOf(kind: StepKind): 'calm' | 'good' | 'wait' | 'bad' {
  if (kind === 'applied') return 'good';
  if (kind === 'parked' || kind === 'skipped' || kind === 'postponed' || kind === 'let-go') return 'wait';
  return kind === 'failed' || kind === 'dead-lettered' || kind === 'not-published' ? 'bad' : 'calm';
}
