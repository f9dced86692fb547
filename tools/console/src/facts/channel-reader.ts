import { type Broker, contracts, type Position, type StoredMessage, type Subject } from '@ticketing/common';

/** Of a channel that holds more than this only what comes from now on is read. */
const READ_AT_FIRST = 500;
/** The newest messages that are kept whole. */
const KEPT_MESSAGES = 2_000;

const SUBJECTS = Object.keys(contracts) as readonly Subject[];

export interface ReadMessage {
  readonly subject: Subject;
  readonly message: StoredMessage & Position;
}

/** What is known of a message. */
export interface WantedMessage {
  readonly subject: string;
  readonly sequence?: number;
  readonly eventId?: string;
  readonly aggregateId?: string;
  readonly version?: number;
}

/**
 * Reads what the channels hold, as no member of any group: it takes no message from anybody and keeps no position in
 * the broker.
 */
export class ChannelReader {
  private readonly reached = new Map<Subject, Position | 'begin'>();
  private readonly seen = new Map<string, number>();
  private readonly kept: ReadMessage[] = [];
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly broker: Broker,
    private readonly onMessage: (read: ReadMessage) => void,
  ) {}

  /**
   * Reads what has come since the last time.
   * @param newest what the monitoring port says: a channel that has not changed is not read; undefined: each is read
   * @throws NotConnectedError, NoAnswerError
   */
  read(newest?: ReadonlyMap<string, number>): Promise<void> {
    const next = this.running.catch(() => undefined).then(() => this.readAll(newest));
    this.running = next;
    return next;
  }

  /** The newest message that was read of this place in the channel, this event, or this version. */
  find({ subject, sequence, eventId, aggregateId, version }: WantedMessage): string | undefined {
    const ofSubject = this.kept.filter((one) => one.subject === subject).map(({ message }) => message);
    const isVersion = ({ payload }: StoredMessage) =>
      payload.includes(`"${aggregateId}"`) && payload.includes(`"version":${version},`);
    const found =
      ofSubject.findLast((message) => sequence !== undefined && message.sequence === sequence) ??
      ofSubject.findLast(({ payload }) => eventId !== undefined && payload.includes(`"${eventId}"`)) ??
      ofSubject.findLast((message) => aggregateId !== undefined && isVersion(message));
    return found?.payload;
  }

  private async readAll(newest: ReadonlyMap<string, number> | undefined): Promise<void> {
    const results = await Promise.allSettled(
      SUBJECTS.map(async (subject) => {
        const last = newest?.get(subject) ?? newest?.get('*') ?? (newest && 0);
        if (last !== undefined && (last === 0 || this.seen.get(subject) === last)) return;
        await this.readOne(subject);
        if (last !== undefined) this.seen.set(subject, last);
      }),
    );
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  private async readOne(subject: Subject): Promise<void> {
    let after = this.reached.get(subject);
    if (after === undefined) {
      const extent = await this.broker.extent(subject);
      after = extent === 'empty' || extent.held <= READ_AT_FIRST ? 'begin' : extent.last;
      this.reached.set(subject, after);
    }
    for await (const message of this.broker.readAll(subject, after === 'begin' ? {} : { after })) {
      const { sequence, storedAt, store } = message;
      this.reached.set(subject, { sequence, storedAt, ...(store !== undefined && { store }) });
      this.kept.push({ subject, message });
      if (this.kept.length > 1.2 * KEPT_MESSAGES) this.kept.splice(0, this.kept.length - KEPT_MESSAGES);
      this.onMessage({ subject, message });
    }
  }
}
