export { audit, type AuditOptions, auditUntilQuiet } from './audit/audit';
export type {
  AggregateState,
  AuditReport,
  Disagreement,
  DisagreementKind,
  Promised,
  StreamedEvent,
} from './audit/report';
