export { auditUntilQuiet } from './audit/audit';
export type { Promised } from './audit/check-promises';
export type { AuditReport } from './audit/report';
