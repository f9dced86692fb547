import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Facts } from '../facts/facts';
import type { Step } from '../page/model/step';
import type { Hello, Job, PartRow } from '../page/model/system';

/** Steps are sent together for this time (ms). */
const TOGETHER_MS = 60;
/** How often (ms) a page is told that the server is there. It also keeps whatever is between from closing an idle connection. */
const ALIVE_EVERY_MS = 5_000;
/** A reader that is this far behind (bytes) is cut off; it comes again, and then gets what it missed. */
const MOST_BEHIND = 4 * 1024 * 1024;

/** What changes besides steps and snapshots. */
export interface Live {
  readonly jobs: readonly Job[];
  readonly parts: readonly PartRow[];
  onChange(listener: () => void): () => void;
}

/**
 * Tells a page everything from now on, by server-sent events. With the id of the last step that it has, it gets those
 * after it, if they are still kept; the ids of another start count for nothing.
 */
export function streamTo(request: IncomingMessage, response: ServerResponse, hello: Hello, facts: Facts, live: Live) {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
  const send = (event: string, data: unknown, id?: number) => {
    if (response.writableLength > MOST_BEHIND) return void response.destroy();
    const head = id === undefined ? '' : `id: ${hello.started}.${id}\n`;
    response.write(`${head}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  let waiting: Step[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    timer = undefined;
    if (waiting.length > 0) send('steps', waiting, waiting.at(-1)?.id);
    waiting = [];
  };
  const tellLive = () => send('live', { jobs: live.jobs, parts: live.parts });

  response.write('retry: 1000\n\n');
  send('hello', hello);
  waiting = [...facts.history.after(lastIdOf(request, hello.started))];
  flush();
  if (facts.last.at > 0) send('snapshot', facts.last);
  tellLive();

  const ends = [
    facts.history.onStep((step) => {
      waiting.push(step);
      timer ??= setTimeout(flush, TOGETHER_MS);
    }),
    facts.watch((snapshot) => {
      flush();
      send('snapshot', snapshot);
    }),
    live.onChange(tellLive),
  ];
  const alive = setInterval(() => send('alive', true), ALIVE_EVERY_MS);
  response.once('close', () => {
    clearInterval(alive);
    clearTimeout(timer);
    for (const end of ends) end();
  });
}

/** The header is that of a browser that connects again by itself, with the address that it had at first. */
function lastIdOf({ headers, url = '' }: IncomingMessage, started: string): number {
  const given = headers['last-event-id'] ?? new URLSearchParams(url.split('?')[1]).get('after');
  const [start, id] = typeof given === 'string' ? given.split('.') : [];
  return start === started && /^\d+$/.test(id ?? '') ? Number(id) : 0;
}
