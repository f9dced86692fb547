import { waitFor } from '@ticketing/testing';
import { checkAnswers } from '@ticketing/e2e/answers';
import { type Answered, MixedLoad } from '@ticketing/e2e/mixed-load';
import { promiseOf } from '@ticketing/e2e/promises';
import type { Promised } from '@ticketing/operate';
import { say } from './report';
import { readSettings } from './settings';
import { toIngress } from './user.helper';

/** The load before and after what is done to the system (ms). */
const AROUND_MS = 3_000;
/** About 40 requests a second in all, whatever the answers: a user that waits for one does something else meanwhile. */
const USERS = 8;
const PAUSE_MS = 200;

export interface UnderLoad {
  readonly answers: readonly Answered[];
  /** What the clients may rely on. */
  readonly promises: readonly Promised[];
  /** Answers that are wrong when nothing excuses them: an error, or a state that goes backwards. */
  readonly problems: readonly string[];
}

/** Does something to the system while users sell, edit, order and cancel by the ingress. */
export async function underLoad(task: () => Promise<unknown>): Promise<UnderLoad> {
  const answers: Answered[] = [];
  const onAnswer = (answered: Answered) => void answers.push(answered);
  const options = { users: USERS, pauseMs: PAUSE_MS, seed: Date.now() % 1_000, send: toIngress, onAnswer };
  const load = new MixedLoad({ url: readSettings().ingressUrl, ...options });
  const began = Date.now();
  try {
    await lasting(AROUND_MS);
    await task();
    await lasting(AROUND_MS);
  } finally {
    await load.end();
  }
  const problems = checkAnswers(answers, []).map(({ message }) => message);
  const perSecond = Math.round(answers.length / ((Date.now() - began) / 1_000));
  say(
    `${answers.length} requests, ${perSecond} a second, by status ${JSON.stringify(load.statuses)}; ${problems.length} failed`,
  );
  return { answers, promises: answers.flatMap((answer) => promiseOf(answer) ?? []), problems };

  /** Resolves when it has gone on for so long, and was answered meanwhile. */
  async function lasting(ms: number): Promise<void> {
    const [until, before] = [Date.now() + ms, answers.length];
    const goesOn = () => Date.now() >= until && answers.length > before + USERS;
    await waitFor(goesOn, { what: 'the load to be answered', timeoutMs: 30_000 });
  }
}
