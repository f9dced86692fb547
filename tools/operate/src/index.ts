export { audit, type AuditOptions, auditUntilQuiet } from './audit/audit';
export { parsePromises, type Promised } from './audit/promises';
export type { AggregateState, AuditReport, Disagreement, DisagreementKind, StreamedEvent } from './audit/report';
