export { NoServerError } from './choice';
export { assertPortFree, freePort } from './free-port';
export { letGo, watchOver } from './guard';
export { LockedError, lockFile } from './lock-file';
export { databaseUrl } from './mongo/database-url';
export { startMongo } from './mongo/start-mongo';
export { startNats, type NatsOptions, type RunningNats } from './nats/start-nats';
export { type Restartable, restartableMongo, restartableNats } from './restartable';
export type { RunningServer, ServerOptions } from './running-server';
