import type { Delivery, Inbox } from '@ticketing/common';

/** Writes events to a replica that changes its collection. During the change no write runs or begins. */
export class SwitchedReplica {
  private inbox: Inbox;
  private switching: Promise<void> | undefined;
  private readonly writing = new Set<Promise<unknown>>();

  constructor(
    private readonly inboxOf: (collection: string) => Inbox,
    collection: string,
  ) {
    this.inbox = inboxOf(collection);
  }

  /** The event is the whole state, so it replaces any older one, whatever lies between. */
  async write({ event, ...delivery }: Delivery): Promise<void> {
    while (this.switching) await this.switching;
    const snapshot = { ...event, meta: { ...event.meta, snapshot: true } };
    const written = this.inbox.take({ ...delivery, event: snapshot });
    this.writing.add(written);
    await written.finally(() => this.writing.delete(written));
  }

  /** Continues in the other collection after `swap`; in the present one if it throws. @throws the error of `swap` */
  async switchTo(collection: string, swap: () => Promise<void>): Promise<void> {
    const change = async () => {
      await Promise.allSettled(this.writing);
      await swap();
      this.inbox = this.inboxOf(collection);
    };
    const changed = change();
    this.switching = changed.catch(() => undefined).then(() => (this.switching = undefined));
    await changed;
  }
}
