import { say } from '@ticketing/command-line';
import { sleep } from '@ticketing/common/retry';
import { placeArgs } from '@ticketing/kubernetes';
import { assertNamespace, getPods, type Place } from './kubectl';
import { choosePod, type Pod, readyPods } from './pods';

/** The pause between two looks at the pods while none can be forwarded to (ms). */
const WAITING_LOOKS_MS = 1_000;
/** The same while forwarding. A look is one run of kubectl, which takes 0.13 s of processor time. */
const FORWARDING_LOOKS_MS = 2_000;

/**
 * Follows the pods of a place by listing them repeatedly. That is simpler than a watch, which sometimes ends and must
 * continue where it was. Says what it waits for, once each time. All reject with an AbortError when their signal
 * aborts.
 */
export class PodWatch {
  #reached = false;
  #away = false;

  constructor(
    private readonly place: Place,
    private readonly signal: AbortSignal,
  ) {}

  /** Resolves with a pod that is ready. @throws CommandError when the cluster cannot be reached and never was */
  async find(): Promise<Pod> {
    for (let looks = 0; ; looks += 1) {
      const pods = await this.#look(this.signal);
      const pod = choosePod(pods);
      if (pod) {
        const others = readyPods(pods).filter(({ uid }) => uid !== pod.uid);
        if (others.length > 0) say(`Ready as well: ${others.map(({ name }) => name).join(', ')}.`);
        return pod;
      }
      if (looks === 0) this.#sayWaiting(pods);
      await sleep(WAITING_LOOKS_MS, this.signal);
    }
  }

  /** Resolves when it is time to forward to another pod than this one. */
  async replaced(pod: Pod, signal: AbortSignal): Promise<void> {
    do await sleep(FORWARDING_LOOKS_MS, signal);
    while (choosePod(await this.#look(signal), pod.uid)?.uid === pod.uid);
  }

  /** After the cluster was reached once, this waits until an outage ends. */
  async #look(signal: AbortSignal): Promise<Pod[]> {
    for (;;) {
      try {
        const pods = await getPods(this.place, signal);
        if (!this.#reached && pods.length === 0) await assertNamespace(this.place, signal);
        if (this.#away) say('The cluster answers again.');
        [this.#reached, this.#away] = [true, false];
        return pods;
      } catch (error) {
        if (signal.aborted || !this.#reached) throw error;
        if (!this.#away) say(`${String((error as Error).message)}\nWaiting for it to answer again ...`);
        this.#away = true;
      }
      await sleep(WAITING_LOOKS_MS, signal);
    }
  }

  #sayWaiting(pods: readonly Pod[]): void {
    const { namespace, selector } = this.place;
    const found = pods.map(({ name, state }) => `${name} is ${state}`).join(', ') || 'there is none';
    say(
      `Waiting for a ready pod with the label ${selector} in namespace ${namespace} (${found}). To see them:`,
      `  kubectl get pods --selector ${selector} ${placeArgs(this.place).join(' ')}`,
    );
  }
}
