import type { AnyEvent } from '@ticketing/common';

/** What a channel's history lacks, for `IncompleteHistoryError`. */
export type Missing =
  { readonly kind: 'beginning' | 'snapshots' } | { readonly kind: 'base'; readonly aggregates: number };

/** The oldest message that was read from a channel. */
interface Oldest {
  sequence: number;
  isSnapshot: boolean;
}

/**
 * Records what was read from a history: the newest version of each aggregate, and whether its beginning is there. Every
 * event carries the whole state, so the newest one is enough for each aggregate that occurs. A beginning (version 0, or
 * a snapshot of its owner) shows that nothing was dropped before.
 */
export class HistoryAccount {
  private readonly newest = new Map<string, { version: number; based: boolean }>();
  private readonly oldest = new Map<string, Oldest>();
  private snapshots = 0;

  /** Records an event that is written to the replica. Recording it twice is harmless. */
  add(channel: string, sequence: number, { id, version, meta }: Pick<AnyEvent, 'id' | 'version' | 'meta'>): void {
    const isSnapshot = meta.snapshot === true;
    if (isSnapshot) this.snapshots += 1;
    const known = this.newest.get(id) ?? { version, based: false };
    const based = known.based || version === 0 || isSnapshot;
    this.newest.set(id, { version: Math.max(known.version, version), based });
    if (sequence < (this.oldest.get(channel)?.sequence ?? Infinity)) this.oldest.set(channel, { sequence, isSnapshot });
  }

  get aggregates(): number {
    return this.newest.size;
  }

  /** The newest version of an aggregate, or undefined when the history lacks it. */
  versionOf(id: string): number | undefined {
    return this.newest.get(id)?.version;
  }

  /**
   * What is missing, or undefined when the history is whole, as far as it can tell: a new store looks whole.
   * @param cut the channels that have lost their beginning
   * @param reEmitted the operator says that the owner has re-emitted everything into it. Then it needs no first
   * message, but the oldest one must not be a snapshot, or others may have been dropped before it
   */
  missing(cut: ReadonlySet<string>, reEmitted: boolean): Missing | undefined {
    const aggregates = [...this.newest.values()].filter(({ based }) => !based).length;
    if (aggregates > 0) return { kind: 'base', aggregates };
    if (cut.size === 0) return undefined;
    if (!reEmitted) return { kind: 'beginning' };
    const isCutInside = [...this.oldest].some(([channel, { isSnapshot }]) => isSnapshot && cut.has(channel));
    return this.snapshots === 0 || isCutInside ? { kind: 'snapshots' } : undefined;
  }
}
