import type { Replica } from '../ordering';
import type { AnyEvent } from '../../events/contracts';

/** Writes events to a replica that changes its collection: no write is under way, and none begins, while it does. */
export class SwitchedReplica {
  private replica: Replica<AnyEvent>;
  private switching: Promise<void> | undefined;
  private readonly writing = new Set<Promise<unknown>>();

  constructor(
    private readonly replicaIn: (collection: string) => Replica<AnyEvent>,
    collection: string,
  ) {
    this.replica = replicaIn(collection);
  }

  /** The event is the whole state: it replaces any older one, whatever lies between. */
  async write(event: AnyEvent): Promise<void> {
    while (this.switching) await this.switching;
    const written = this.replica.apply(event, { below: event.version });
    this.writing.add(written);
    await written.finally(() => this.writing.delete(written));
  }

  /** Goes on in the other collection when `swap` is done; in the present one when it throws. @throws what `swap` threw */
  async switchTo(collection: string, swap: () => Promise<void>): Promise<void> {
    const change = async () => {
      await Promise.allSettled(this.writing);
      await swap();
      this.replica = this.replicaIn(collection);
    };
    const changed = change();
    this.switching = changed.catch(() => undefined).then(() => (this.switching = undefined));
    await changed;
  }
}
