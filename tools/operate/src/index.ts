export { auditUntilQuiet } from './audit/audit';
export type { Promised } from './audit/checks/check-promises';
export type { AuditReport } from './audit/report';
export { addAddressOptions, addressesOf, need, type SystemAddresses } from './cli/addresses';
export { withBroker, withDatabases } from './cli/connections';
export { type ParkedEvent, parkedIn } from './parked-events';
