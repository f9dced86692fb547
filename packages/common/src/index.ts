export {
  type EventOf,
  type StateOf,
  type Subject,
  type AnyEvent,
  type EventMeta,
  ContractError,
  contracts,
  decodeEvent,
  encodeEvent,
} from './events/contracts';
export { type StoredMessage } from './events/stored-message';
export { type OrderStatus, orderStatuses, type RefusalReason, refusalReasons } from './events/order';
export { ticketsApi } from './api/tickets';
export { ordersApi } from './api/orders';
export {
  type Broker,
  type ConsumeOptions,
  type Extent,
  type Loss,
  type Message,
  type Position,
  type PublishAck,
  type Subscription,
} from './broker/port';
export {
  type AggregateState,
  createBroker,
  type StatesReach,
  type StateStream,
  statesOf,
} from './broker/create-broker';
export { connectedWithin } from './broker/connected-within';
export { type EngineName } from './broker/engines';
export { NoAnswerError, NotConnectedError, RefusedError, UndeliveredError } from './broker/errors';
export { uniqueClientId } from './broker/client-id';
export { NatsUrlError, readNatsUrl, shownNatsUrl } from './broker/nats-url';
export { createPublisher, type Publisher } from './outbox/publisher';
export { type Attempt, type Listener } from './consumer/listener';
export { Consumer, type ConsumerOptions, type ConsumerSettings } from './consumer/consumer';
export { WorkQueue } from './consumer/work-queue';
export { decide, type Decision } from './consumer/ordering';
export { type Delivery, Inbox } from './consumer/inbox';
export {
  type Copy,
  createInboxIndex,
  type Parked,
  type Replica,
  replica,
  type ReplicaDocument,
  type ReplicaReader,
  replicaReader,
  WAITING,
  waitingIn,
  type Whole,
} from './consumer/replica';
export { type DeadLetter, deadLetterStore } from './consumer/failures/dead-letters';
export { type OutboxEntry, type OwnedFields, type Stored, withoutOutbox } from './outbox/entry';
export { OutboxFullError, OutboxRuleError, WriteUnknownError } from './outbox/errors';
export { insertAggregate } from './outbox/insert-aggregate';
export { ownedAggregate, type OwnedDocument, type OwnedModel, type AnyOwnedModel } from './outbox/owned-aggregate';
export { Relay, type RelayOptions } from './outbox/relay';
export { reEmit, type ReEmitOptions, type ReEmitted } from './outbox/re-emit';
export { reEmitCommand, type ReEmitCommand } from './service/re-emit-command';
export { saveAggregate } from './outbox/save-aggregate';
export { updateAggregate } from './outbox/update-aggregate';
export {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  KeyReusedError,
  NotFoundError,
  NotSignedInError,
  PreconditionFailedError,
  TooManyRequestsError,
  UnavailableError,
} from './errors/kinds';
export { AppError } from './errors/app-error';
export { StartError } from './errors/start-error';
export { type CreateOnce } from './idempotency/create-once';
export { createApp, type AppOptions } from './http/app';
export { listen, type HttpServer } from './http/connection/server';
export { serveWellFormed } from './http/connection/serve-well-formed';
export { etagOf, requireMatch } from './http/etag';
export { objectIdOf } from './http/object-id';
export { sendNewest } from './http/send-newest';
export { addRoute } from './http/add-route';
export { currentUserOf, requireAuth } from './http/sign-in/require-auth';
export { type CurrentUser, signToken, tokenVerifier } from './http/sign-in/token';
export { parseBody } from './http/validate';
export { baseConfig, type BaseConfig } from './service/config';
export {
  type Config,
  type Variable,
  type ConfigShape,
  ConfigError,
  describeConfig,
  loadConfig,
  milliseconds,
  variable,
  wholeNumber,
} from './runtime/environment';
export { connectDatabase, databaseNow, isConnected } from './mongo/database';
export { isDatabaseUnavailable, isDuplicateKey, type UniqueIndex } from './mongo/database-errors';
export { createLogger, type Logger } from './runtime/logger';
export { createMetrics, type Metrics } from './runtime/metrics';
export { runMain, type Started } from './service/lifecycle';
export { Repeating } from './runtime/repeating';
export { retryWithBackOff, sleep } from './runtime/retry';
export { DURABLY } from './mongo/durable';
export { Lease } from './mongo/lease';
export { upsert } from './mongo/upsert';
export { inSpan, type SpanFacts } from './tracing/tracing';
export {
  startService,
  type RunningService,
  type ServiceContext,
  type ServiceOverrides,
  type ServiceParts,
} from './service/service';
