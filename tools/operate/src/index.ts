export type { AuditReport, Disagreement, DisagreementKind, Promised, StreamedEvent } from './audit/report';
