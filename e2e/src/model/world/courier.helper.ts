import type { AnyEvent, StateOf, Subject } from '@ticketing/common';
import { waitFor, type TestBed } from '@ticketing/testing';
import type { Letter, Side } from '../model';

/** An event as its owner published it. */
export interface Post {
  readonly subject: Subject;
  readonly event: AnyEvent;
}

/** What an owner is expected to have published. */
export type Wanted = Pick<Letter, 'about' | 'version' | 'snapshot'> & { readonly id: string };

const SUBJECTS = {
  ticket: ['ticket:created', 'ticket:updated'],
  order: ['order:created', 'order:cancelled', 'order:completed'],
} as const;

/**
 * The only way between the two services, because each has its own channels. It takes what one publishes, keeps it, and
 * publishes it on the other's channels on request.
 */
export class Courier {
  /** How much of each channel was read. */
  private readonly read = new Map<Subject, number>();
  /** The highest sequence of what was forwarded on each channel, if the engine tells it. */
  private readonly forwarded = new Map<Subject, number>();
  private readonly eventIds = new Set<string>();
  private readonly kept = new Map<string, Post[]>();

  /** @param isSettled whether each group of a channel has acked all that it has, at least up to a sequence, by the word of the broker */
  constructor(
    private readonly beds: Readonly<Record<Side, TestBed>>,
    private readonly isSettled: (channel: string, upTo: number) => Promise<boolean>,
  ) {}

  /** Takes out a published event; waits for it. @throws Error that lists what is there instead */
  collect(wanted: Wanted): Promise<Post> {
    const key = keyOf(wanted);
    return waitFor(
      () => {
        this.readAll();
        const post = this.kept.get(key)?.shift();
        if (!post) throw new Error(`there is ${this.left().join(', ') || 'nothing'}`);
        return post;
      },
      { everyMs: 2, what: `the event ${key}` },
    );
  }

  /** The refusals of these payments, in their order, once there are so many; two if one was recorded twice. */
  async refusals(payments: readonly string[], count: number): Promise<StateOf<'order:payment-refused'>[]> {
    const events = this.beds.orders.events('order:payment-refused');
    const told = () => {
      const recorded = new Map(events.map(({ meta, ...state }) => [meta.id, state]));
      return [...recorded.values()].filter(({ id }) => payments.includes(id));
    };
    await waitFor(() => told().length >= count, { everyMs: 2, what: `${count} refusals` });
    return told().sort((a, b) => payments.indexOf(a.id) - payments.indexOf(b.id));
  }

  /** Published events that the model did not expect. */
  left(): string[] {
    this.readAll();
    return [...this.kept].filter(([, posts]) => posts.length > 0).map(([key]) => key);
  }

  /** Resolves when the receiver's broker has it; `handled` tells when the receiver is done with it. */
  async forward({ subject, event }: Post): Promise<void> {
    const { sequence = 0 } = await this.beds[receiverOfSubject(subject)].publishAcked(subject, event);
    this.forwarded.set(subject, Math.max(sequence, this.forwarded.get(subject) ?? 0));
  }

  /** Resolves when the receiver has acked all that its channel has, by the word of the broker. */
  async handled(subject: Subject): Promise<void> {
    const channel = this.beds[receiverOfSubject(subject)].channelPrefix + subject;
    const isSettled = () => this.isSettled(channel, this.forwarded.get(subject) ?? 0);
    await waitFor(isSettled, { everyMs: 2, what: `all acks on ${channel}` });
  }

  private readAll(): void {
    for (const [about, subjects] of Object.entries(SUBJECTS)) {
      const owner = about === 'ticket' ? 'tickets' : 'orders';
      for (const subject of subjects) {
        const events: readonly AnyEvent[] = this.beds[owner].events(subject);
        events.slice(this.read.get(subject) ?? 0).forEach((event) => this.keep({ subject, event }));
        this.read.set(subject, events.length);
      }
    }
  }

  /** Once, because an owner may publish an event twice, but the history decides how often it is delivered. */
  private keep(post: Post): void {
    const { id, version, meta } = post.event;
    if (this.eventIds.has(meta.id)) return;
    this.eventIds.add(meta.id);
    const about = 'ticket' in post.event ? 'order' : 'ticket';
    const key = keyOf({ about, id, version, snapshot: meta.snapshot === true });
    this.kept.set(key, [...(this.kept.get(key) ?? []), post]);
  }
}

function keyOf({ about, id, version, snapshot }: Wanted): string {
  return `${about} ${id} version ${version}${snapshot ? ' as a snapshot' : ''}`;
}

function receiverOfSubject(subject: Subject): Side {
  return subject.startsWith('order:') ? 'tickets' : 'orders';
}
