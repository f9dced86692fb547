import type { Step } from './model/step';
import type { Hello, Job, PartRow, Snapshot } from './model/system';
import { addCalls, type Call, change, current, take, takeSteps } from './store';

const AGAIN_AFTER_MS = 1_000;
/** The server says every 5 s that it is there. After this time (ms) without a word it is taken to hang. */
const SILENT_AFTER_MS = 12_000;

const meta = (name: string) => document.querySelector<HTMLMetaElement>(`meta[name=${name}]`)?.content ?? '';
/** Of the start that has served this page. */
const [token, started] = [meta('console-token'), meta('console-started')];

let source: EventSource | undefined;
let silence: number | undefined;

/**
 * Follows the server while the page can be seen. A browser has six connections to one address, so a page that nobody
 * sees gives its own back, and asks for what it missed when it is seen again.
 */
export function connect(): void {
  document.addEventListener('visibilitychange', follow);
  follow();
}

/**
 * The browser connects again by itself and says which step it has last. A new connection is made after an answer that is no stream, which
 * ends that, and after a silence, which it does not notice. A server of another start has another token, and perhaps another page: it is
 * loaded again.
 */
function follow(): void {
  source?.close();
  window.clearTimeout(silence);
  if (document.hidden) return;
  const last = current().steps.reduce((most, { id }) => Math.max(most, id), 0);
  source = new EventSource(`/console/events?after=${started}.${last}`);
  const own = source;
  const heard = () => {
    window.clearTimeout(silence);
    silence = window.setTimeout(() => {
      take({ link: 'no answer: trying again …' });
      follow();
    }, SILENT_AFTER_MS);
  };
  heard();
  const on = <T>(name: string, use: (data: T) => void) =>
    own.addEventListener(name, (event) => {
      heard();
      use(JSON.parse((event as MessageEvent<string>).data) as T);
    });
  on('alive', () => undefined);
  on<Hello>('hello', (hello) => {
    if (hello.started === started) return take({ hello, link: 'live' });
    own.close();
    void loadAgain(own);
  });
  on<readonly Step[]>('steps', takeSteps);
  on<Snapshot>('snapshot', (snapshot) => take({ snapshot }));
  on<{ jobs: readonly Job[]; parts: readonly PartRow[] }>('live', take);
  own.onerror = () => {
    take({ link: 'connecting …' });
    if (own.readyState === EventSource.CLOSED) followAfter(own);
  };
}

/** Asks first: a page that is loaded again while nobody serves it would stay an error. */
async function loadAgain(own: EventSource): Promise<void> {
  const answer = await fetch('/').catch(() => undefined);
  if (answer?.ok) location.reload();
  else followAfter(own);
}

/** Follows again a while after a stream has ended, unless another one has followed it. */
function followAfter(own: EventSource): void {
  window.setTimeout(() => own === source && follow(), AGAIN_AFTER_MS);
}

/** Asks the server for an act. What it answers, or why it cannot, is shown. Returns whether it was done. */
export async function act(name: string, body: object = {}): Promise<boolean> {
  try {
    const response = await fetch(`/console/acts/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-console-token': token },
      body: JSON.stringify(body),
    });
    const told = (await response.json()) as { calls?: Omit<Call, 'id'>[]; errors?: { message: string }[] };
    if (!response.ok) throw new Error(told.errors?.[0]?.message ?? `the console answered ${response.status}`);
    if (told.calls) addCalls(told.calls);
    else change({ problem: undefined });
    return true;
  } catch (error) {
    change({ problem: error instanceof Error ? error.message : String(error) });
    return false;
  }
}

/** The whole message of a step's event. @throws Error that says why there is none */
export async function messageOf({ subject, eventId, sequence, aggregateId, version }: Step): Promise<string> {
  const known = { subject, event: eventId, sequence, aggregate: aggregateId, version };
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(known)) if (value !== undefined) wanted.set(name, String(value));
  const response = await fetch(`/console/message?${wanted}`);
  const text = await response.text();
  if (response.ok) return text;
  throw new Error((JSON.parse(text) as { errors: { message: string }[] }).errors[0]?.message);
}
