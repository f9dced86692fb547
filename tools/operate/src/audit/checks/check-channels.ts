import type { Subject } from '@ticketing/common';
import type { BrokenChannel, Range } from '../read-stream';
import { RE_EMIT_OF } from './re-emit-of';
import type { Disagreement } from '../report';

/**
 * Checks that the sequences of each channel have no hole, and that each is delivered once. NATS Streaming can hide an
 * acked message behind one that it did not ack (docs/nats-streaming.md). Then one sequence comes twice, and a later one
 * does not come.
 */
export function checkChannels(broken: readonly BrokenChannel[]): readonly Disagreement[] {
  return broken.flatMap(({ channel, twice, missing, first, last }) => {
    const whole = `a whole read of ${channel} (${first} to ${last})`;
    const found = [
      ...(twice.length > 0 ? [`${whole} has two messages of sequence ${listed(twice.map(String))}`] : []),
      ...(missing.length > 0 ? [`${whole} has no message of sequence ${listed(missing.map(rangeText))}`] : []),
    ];
    return found.map((what) => ({ kind: 'hidden', message: `${what}; ${remedyFor(channel)}` }));
  });
}

function remedyFor(channel: Subject): string {
  return `the broker hides what it has acked. ${RE_EMIT_OF[channel]}`;
}

const SHOWN = 10;

function listed(words: readonly string[]): string {
  const more = words.length > SHOWN ? ` and ${words.length - SHOWN} more` : '';
  return words.slice(0, SHOWN).join(', ') + more;
}

function rangeText({ from, to }: Range): string {
  return from === to ? `${from}` : `${from} to ${to}`;
}
