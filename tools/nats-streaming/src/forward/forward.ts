import { CommandError, say } from '@ticketing/command-line';
import { retryWithBackOff } from '@ticketing/common/retry';
import { isForbidden } from '@ticketing/kubernetes';
import { assertPortFree } from '@ticketing/servers';
import { failed, type Place } from './kubectl';
import { portInUse, reasonOf } from './kubectl-words';
import { PodWatch } from './pod-watch';
import { type PortForward, PortForwardError, startPortForward } from './port-forward';
import { type LocalPorts, reachable } from './reachable';
import type { Pod } from './pods';

/** The ports of the pod. */
const [CLIENTS, MONITORING] = [4222, 8222];
/** A kubectl that ends sooner than this is started again after a pause, which grows (ms). */
const LASTING_MS = 10_000;
const PAUSE = { firstMs: 500, maxMs: 10_000 };

/**
 * Forwards to a pod of NATS Streaming, and to the next one when it is replaced, until the signal aborts; then it
 * resolves, with kubectl gone.
 * @throws CommandError when it cannot begin. After its first success it does not give up.
 */
export async function forward(place: Place, ports: LocalPorts, signal: AbortSignal): Promise<void> {
  const forwarder = new Forwarder(place, ports, signal);
  try {
    await forwarder.assertPortsFree();
    for (;;) await forwarder.untilItEnds();
  } catch (error) {
    if (!signal.aborted) throw error;
    say('Stopped.');
  }
}

class Forwarder {
  readonly #watch: PodWatch;
  #forwarded = false;
  /** The last reason why kubectl failed, so that it is reported once. */
  #said = '';

  constructor(
    private readonly place: Place,
    private readonly ports: LocalPorts,
    private readonly signal: AbortSignal,
  ) {
    this.#watch = new PodWatch(place, signal);
  }

  async assertPortsFree(): Promise<void> {
    const { client, monitor } = this.ports;
    if (client === monitor) throw new CommandError('--port and --monitor-port must be two ports.');
    for (const port of [client, monitor]) await assertPortFree(port).catch(() => this.#throwTaken(port));
  }

  /** Forwards to one pod, again when kubectl fails, until the pod is replaced or kubectl, having lasted, ends. */
  async untilItEnds(): Promise<void> {
    await retryWithBackOff(() => this.#forwardOnce(), {
      ...PAUSE,
      signal: this.signal,
      isFinal: (error) => !(error instanceof PortForwardError),
      onRetry: (error) => {
        const reason = reasonOf((error as PortForwardError).stderr);
        if (reason !== this.#said) say(`kubectl port-forward ended (${reason}); it is started again ...`);
        this.#said = reason;
      },
    });
  }

  async #forwardOnce(): Promise<void> {
    const pod = await this.#watch.find();
    const forwarding = await this.#start(pod);
    const since = Date.now();
    const done = new AbortController();
    try {
      say(...(this.#forwarded ? [`Forwarding again, to pod ${pod.name}.`] : reachable(pod.name, this.ports)));
      [this.#forwarded, this.#said] = [true, ''];
      const replaced = this.#watch.replaced(pod, AbortSignal.any([this.signal, done.signal]));
      const ended = await Promise.race([forwarding.ended, replaced]);
      if (ended === undefined) say(`Leaving pod ${pod.name}: it was deleted, or is not ready while another is.`);
      else if (Date.now() - since < LASTING_MS) throw new PortForwardError(ended);
      else say(`kubectl port-forward ended (${reasonOf(ended)}).`);
    } finally {
      done.abort();
      await forwarding.stop();
    }
  }

  async #start(pod: Pod): Promise<PortForward> {
    const pairs = [
      [this.ports.client, CLIENTS],
      [this.ports.monitor, MONITORING],
    ] as const;
    try {
      return await startPortForward(pod.name, pairs, this.place, this.signal);
    } catch (error) {
      if (this.#forwarded || !(error instanceof PortForwardError)) throw error;
      const taken = portInUse(error.stderr);
      if (taken !== undefined) this.#throwTaken(taken);
      if (isForbidden(error.stderr)) throw failed('kubectl cannot forward', error.stderr, this.place);
      throw error;
    }
  }

  #throwTaken(port: number): never {
    const option = port === this.ports.client ? '--port' : '--monitor-port';
    throw new CommandError(`Port ${port} is taken. Stop what listens there, or choose another by ${option}.`);
  }
}
