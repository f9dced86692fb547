export { cacheDir } from './fetch/cache';
export { childrenOf } from './process/children-of';
export { NoServerError, type SetUpLog } from './fetch/choice';
export { noteIn } from './start/data-folder';
export { nodeOf, npmInstall, withoutScript } from './fetch/npm';
export { findOnPath } from './fetch/find-program';
export { assertPortFree, freePort } from './start/free-port';
export { goInstall, goModule, type GoProgram } from './fetch/go';
export { letGo, watchOver } from './process/guard';
export { pauseProcess } from './process/pause-process';
export { isAlive } from './process/is-alive';
export { clearLeftovers } from './start/leftovers';
export { LockedError, lockFile } from './process/lock-file';
export { databaseUrl } from './mongo/database-url';
export { startMongo } from './mongo/start-mongo';
export {
  type BrokerServerOptions,
  type Engine,
  engineNames,
  type RunningBroker,
  startBroker,
} from './nats/start-broker';
export { startJetStream, type JetStreamOptions, type RunningJetStream } from './nats/start-jetstream';
export { startNats, type NatsOptions, type RunningNats } from './nats/start-nats';
export {
  type ClusterOptions,
  type JetStreamCluster,
  type JetStreamNode,
  startJetStreamCluster,
} from './testing/jetstream-cluster';
export { hideMessage, leaveOrphans } from './testing/orphan';
export {
  type Output,
  type Restartable,
  restartableBroker,
  restartableJetStream,
  restartableMongo,
  restartableNats,
} from './testing/restartable';
export type { RunningServer, ServerOptions } from './start/running-server';
export { noteProcess } from './process/noted-process';
export { isSameProcess, processBegan } from './process/process-identity';
export { pipInstall } from './fetch/python';
export { runToEnd } from './process/run-to-end';
export { type SmallDisk, smallDisk } from './testing/small-disk';
export { testEngine } from './testing/test-engine';
export { startServer } from './start/start-server';
export { wholeNumber } from './start/whole-number';
export { withoutPassword } from './start/without-password';
