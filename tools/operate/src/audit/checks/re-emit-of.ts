import { contracts, type Subject } from '@ticketing/common';
import { ownerOf } from '@ticketing/services';

function remedy(subject: Subject): string {
  const owner = ownerOf(subject);
  if (owner === undefined) return `Ask the service that publishes ${subject} to re-emit its state (docs/runbook.md)`;
  return `Re-emit ${owner}: node services/${owner}/dist/re-emit.js (docs/runbook.md)`;
}

/** The remedy, for each channel, when it lacks events that its owner has published. */
export const RE_EMIT_OF = Object.fromEntries(
  (Object.keys(contracts) as Subject[]).map((subject) => [subject, remedy(subject)]),
) as Readonly<Record<Subject, string>>;
