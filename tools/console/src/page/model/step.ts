/** What can become of an event at one place, in the order of a usual way. */
export const STEP_KINDS = [
  ...(['saved', 'published', 'not-published', 'delivered', 'applied'] as const),
  ...(['seen', 'parked', 'skipped', 'postponed', 'failed', 'dead-lettered', 'let-go'] as const),
] as const;
export type StepKind = (typeof STEP_KINDS)[number];

/** One thing that happened to one event at one place. */
export interface Step {
  /** Ascends within one start of the console. */
  readonly id: number;
  /** When (ms since 1970), by the clock of whoever tells it. */
  readonly at: number;
  readonly kind: StepKind;
  /** The service where it happened, or `broker`. */
  readonly where: string;
  readonly subject: string;
  readonly aggregateId?: string;
  readonly version?: number;
  readonly eventId?: string;
  readonly traceId?: string;
  readonly sequence?: number;
  /** What it waits for, or why it failed. */
  readonly note?: string;
}

export type NewStep = Omit<Step, 'id'>;
