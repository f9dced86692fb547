export { asOperator } from './broker/as-operator';
export { brokerConformance } from './broker/broker-conformance';
export { type BrokerEngine, type EngineServer, PATIENT, QUICK, type ServerLimits } from './broker/conformance/engine';
export { type ForeignPublisher, foreignPublisher } from './broker/foreign-publisher';
export { type TestBroker, testBroker } from './broker/test-broker';
export { type CommandLog, startCommandLog } from './mongo/command-log';
export { explainsPlans, faultyPlans } from './mongo/explain-command';
export { type HeldCommand, type MongoBetween, startMongoBetween } from './mongo/mongo-between';
export { type RacingUpserts, startRacingUpserts } from './mongo/racing-upserts';
export { type Cost, costOf } from './mongo/request-cost';
export { type RolledBackReads, startRolledBackReads } from './mongo/rolled-back-reads';
export { queryNames, unservedQueries } from './mongo/unserved-queries';
export { type MongoCommand, shapeOf } from './mongo/wire-commands';
export { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from './network/otlp-receiver';
export { type RawAnswer, sendRaw } from './network/send-raw';
export { startTcpProxy, type TcpProxy } from './network/tcp-proxy';
export { type Open, openUntil } from './open-until';
export { type Random, seededRandom } from './seeded-random';
export { inParallel, orderings, sequencesWithDuplicate, sequencesWithDuplicateAndCrash } from './sequences';
export { badCredentials, sessionCookie, TEST_JWT_KEY, testToken } from './service/credentials';
export {
  answeredOtherwise,
  HOSTILE_FIELDS,
  HOSTILE_IDS,
  HOSTILE_QUERIES,
  HOSTILE_TAGS,
  HOSTILE_VALUES,
  hostileCredentials,
} from './service/hostile-input';
export { past503 } from './service/past-503';
export { newId, newMeta, TestBed, type TestInstance, type TestStart } from './service/test-bed';
export {
  dropAndClose,
  racingConnection,
  silentLogger,
  testConnection,
  testDatabaseUri,
  testServers,
  type TestServers,
  uniqueName,
} from './test-servers';
export { waitFor, type WaitOptions } from './wait-for';
