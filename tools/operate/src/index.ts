export { auditUntilQuiet } from './audit/audit';
export type { Promised } from './audit/promises';
export type { AuditReport } from './audit/report';
