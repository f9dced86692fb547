import type { Step, StepKind } from './step';

export interface Filter {
  /** Part of an id, a subject, a service, a trace or a note. */
  readonly text: string;
  readonly kind: StepKind | '';
}

/** Whether a step is to be shown. */
export function matches({ text, kind }: Filter, step: Step): boolean {
  if (kind !== '' && step.kind !== kind) return false;
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return true;
  const { subject, where, aggregateId = '', eventId = '', traceId = '', note = '' } = step;
  return [subject, where, aggregateId, eventId, traceId, note].some((field) => field.toLowerCase().includes(wanted));
}
