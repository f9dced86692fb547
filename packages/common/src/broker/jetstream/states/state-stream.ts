import { DiscardPolicy, JetStreamApiCodes, StorageType, type StoredMsg, type StreamInfo } from '@nats-io/jetstream';
import type { StoredMessage } from '../../../events/stored-message';
import { sleep } from '../../../runtime/retry';
import { NoAnswerError, RefusedError } from '../../errors';
import type { Position } from '../../port';
import { CODE, ENGINE, isAnswer } from '../failures';
import type { JetStreamSession, MessageQuery } from '../jetstream-session';
import { encoded, STREAM, word } from '../names';
import { readChannel } from '../read-channel';

/** Another writer was faster so often: something is wrong. Each time it has stored a newer version. */
const ATTEMPTS = 100;

/** The newest event of an aggregate that is known, with its place in its channel. */
export interface AggregateState extends StoredMessage, Position {
  readonly id: string;
  readonly version: number;
}

/** "The states have all that these channels held up to these positions": true from then on, whatever is put later. */
export interface StatesReach {
  /** By channel. One that is missing was empty. */
  readonly positions: Readonly<Record<string, Position | undefined>>;
  /** There were at least so many states. */
  readonly states: number;
  /** The stream that has them, by the time of its creation. */
  readonly stream: string;
}

/**
 * A stream that keeps one message for each aggregate of a kind: the newest event, put by whoever reads the channels.
 * Nothing here decides what is right: a state is a copy, and a reader takes it by its version like any event.
 */
export class StateStream {
  private readonly name: string;
  private readonly subject: string;

  /**
   * @param session the present one. @throws NotConnectedError without one
   * @param aggregate its name, as in the channels before the colon
   */
  constructor(
    private readonly session: () => JetStreamSession,
    aggregate: string,
  ) {
    this.name = `${STREAM}-${encoded(aggregate)}-states`;
    // The events have two words more: the streams do not overlap.
    this.subject = `${STREAM}.${word(aggregate)}`;
  }

  /**
   * The stream, made if there is none; with as many replicas as that of the events.
   * @returns the time of its creation
   * @throws RefusedError when it is another kind of stream; like `Broker.extent`
   */
  async need(): Promise<string> {
    const info = (await this.info()) ?? (await this.make());
    const { subjects = [], max_msgs_per_subject: each, allow_direct: direct } = info.config;
    if (each === 1 && direct && subjects.includes(this.subject) && subjects.includes(`${this.subject}.*`)) {
      return info.created;
    }
    throw new RefusedError(`the stream "${this.name}" keeps no states: another one has its name`);
  }

  /**
   * Stores the state, unless the stored version is the same or higher. Version and sequence come from one message, and
   * the server refuses the write when another one was stored since. The version alone would let two writers pass the
   * check, and the sequence alone would let the slower one store what it has.
   * @returns whether there was none before, an older one, or nothing to do
   * @throws like `Broker.publish`
   */
  async put({ payload, ...place }: AggregateState): Promise<'first' | 'newer' | 'seen'> {
    const { id, version } = place;
    const subject = `${this.subject}.${word(id)}`;
    const text = JSON.stringify({ ...place, event: JSON.parse(payload) as unknown });
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const held = await this.message({ last_by_subj: subject });
      if (held && stateIn(held.string()).version >= version) return 'seen';
      if (await this.store(subject, text, held?.seq ?? 0)) return held ? 'newer' : 'first';
      await sleep(attempt);
    }
    throw new NoAnswerError(`${ENGINE} takes no state of ${id}: others write it all the time`);
  }

  /**
   * All states, each once, or twice when it changes meanwhile. A state that is put after the beginning may be missing;
   * its event is beyond a reach that was read before. @throws like `Broker.readAll`
   */
  async *read(): AsyncGenerator<AggregateState> {
    const last = (await this.info())?.state.last_seq ?? 0;
    const reading = { channel: this.name, stream: this.name, subject: `${this.subject}.*`, from: 1, last };
    for await (const { payload } of readChannel(this.session(), reading)) yield stateIn(payload);
  }

  /**
   * The newest message of all channels, undefined when there is none. A channel that is read from now on has all of its
   * messages up to this position. @throws like `Broker.extent`
   */
  async newest(): Promise<Position | undefined> {
    const { created, state } = await this.session().ask((manager) => manager.streams.info(STREAM));
    const { last_seq: sequence, last_ts } = state;
    return sequence === 0 ? undefined : { sequence, storedAt: Date.parse(last_ts), store: created };
  }

  /**
   * How far the states reach. Undefined when nobody has said so, or when some were removed since, by a limit of the
   * stream or by hand. @throws like `Broker.extent`
   */
  async reached(): Promise<StatesReach | undefined> {
    const said = await this.message({ last_by_subj: this.subject });
    const info = await this.info();
    if (!said || !info) return undefined;
    const reach = said.json<StatesReach>();
    const held = info.state.messages - 1; // without what was said
    return reach.stream === info.created && held >= reach.states ? reach : undefined;
  }

  /**
   * Says how far the states reach. Call it when every put up to there has resolved. Of two writers the later one wins,
   * because what an earlier one said stays true. @throws like `Broker.publish`
   */
  async reach(reach: StatesReach): Promise<void> {
    await this.store(this.subject, JSON.stringify(reach));
  }

  /** Returns false when `expected` is not the sequence of the last message of the subject (0: there is none). */
  private async store(subject: string, payload: string, expected?: number): Promise<boolean> {
    const session = this.session();
    const expect = { streamName: this.name, ...(expected !== undefined && { lastSubjectSequence: expected }) };
    try {
      await session.ask(() => session.client.publish(subject, payload, { expect }));
      return true;
    } catch (error) {
      if (isAnswer(error, CODE.wrongLastSequence, CODE.wrongLastSequenceNow)) return false;
      throw error;
    }
  }

  /** As the leader knows it. */
  private message(query: MessageQuery): Promise<StoredMsg | null> {
    return noStreamIs(null, this.session().message(query, this.name));
  }

  private info(): Promise<StreamInfo | undefined> {
    return noStreamIs(
      undefined,
      this.session().ask((manager) => manager.streams.info(this.name)),
    );
  }

  /** Twice the same is one for the server. A full stream refuses states, as that of the events does. */
  private make(): Promise<StreamInfo> {
    return this.session().ask(async (manager) => {
      const { num_replicas } = (await manager.streams.info(STREAM)).config;
      return manager.streams.add({
        ...{ name: this.name, subjects: [this.subject, `${this.subject}.*`], storage: StorageType.File, num_replicas },
        ...{ max_msgs_per_subject: 1, discard: DiscardPolicy.New, allow_direct: true },
      });
    });
  }
}

/** @throws RefusedError when it is none */
function stateIn(text: string): AggregateState {
  const { event, ...place } = JSON.parse(text) as Record<string, unknown>;
  if (typeof place['version'] !== 'number') throw new RefusedError('a stream of states has a message that is no state');
  return { ...(place as Omit<AggregateState, 'payload'>), payload: JSON.stringify(event) };
}

async function noStreamIs<T, N>(nothing: N, answer: Promise<T>): Promise<T | N> {
  return answer.catch((error: unknown) => {
    if (isAnswer(error, JetStreamApiCodes.StreamNotFound)) return nothing;
    throw error;
  });
}
