export { auditUntilQuiet } from './audit/audit';
export type { Promised } from './audit/checks/check-promises';
export type { AuditReport } from './audit/report';
