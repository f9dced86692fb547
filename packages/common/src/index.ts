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
export { type OrderStatus, orderStatuses } from './events/order';
export { ticketsApi } from './api/tickets';
export { ordersApi } from './api/orders';
export { type Bus, type Message, type Subscription, type SubscriptionOptions, NotConnectedError } from './bus/bus';
export { ChannelReader, messagesHeld, UndeliveredError } from './bus/channel-reader';
export { uniqueClientId } from './bus/client-id';
export { NatsStreamingBus, type NatsStreamingOptions } from './bus/nats-streaming-bus';
export { NatsUrlError, readNatsUrl, shownNatsUrl } from './bus/nats-url';
export { createPublisher, type Publisher } from './bus/publisher';
export { type Listener } from './bus/listener';
export { Consumer, type ConsumerOptions, type ConsumerSettings } from './bus/consumer';
export { decide, type Decision, type Expected, type Replica } from './bus/ordering';
export { type ReplicaDocument, storedVersion, updateAt } from './bus/replica-documents';
export { type DeadLetter, deadLetterStore } from './bus/dead-letters';
export { type OutboxEntry, type OwnedFields, type Stored, withoutOutbox } from './outbox/entry';
export { OutboxFullError, OutboxRuleError, WriteUnknownError } from './outbox/errors';
export { ownedAggregate, type OwnedDocument, type OwnedModel, type AnyOwnedModel } from './outbox/owned-aggregate';
export { Relay, type RelayOptions } from './outbox/relay';
export { reEmit, type ReEmitOptions, type ReEmitted } from './outbox/re-emit';
export { reEmitCommand, type ReEmitCommand } from './outbox/re-emit-command';
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
export { rebuildReplica, type RebuildOptions, type RebuildStep, type Rebuilt } from './rebuild/rebuild-replica';
export { RebuildRefusedError } from './rebuild/errors';
export { type CreateOnce } from './idempotency/create-once';
export { createApp, type AppOptions } from './http/app';
export { listen, type HttpServer } from './http/server';
export { serveWellFormed } from './http/serve-well-formed';
export { etagOf, requireMatch } from './http/etag';
export { objectIdOf } from './http/object-id';
export { sendNewest } from './http/send-newest';
export { addRoute } from './http/add-route';
export { currentUserOf, requireAuth } from './http/require-auth';
export { type CurrentUser, signToken, tokenVerifier } from './http/token';
export { parseBody } from './http/validate';
export {
  baseConfig,
  type BaseConfig,
  type Config,
  type Variable,
  type ConfigShape,
  ConfigError,
  describeConfig,
  loadConfig,
  milliseconds,
  variable,
  wholeNumber,
} from './config';
export { connectDatabase, databaseNow, isConnected } from './database';
export { isDatabaseUnavailable, isDuplicateKey, type UniqueIndex } from './database-errors';
export { createLogger, type Logger } from './logger';
export { createMetrics, type Metrics } from './metrics';
export { runMain, type Started } from './lifecycle';
export { Repeating } from './repeating';
export { retryWithBackOff, sleep } from './retry';
export { upsert } from './upsert';
export { inSpan, type SpanFacts } from './tracing/tracing';
export {
  startService,
  type RunningService,
  type ServiceContext,
  type ServiceOverrides,
  type ServiceParts,
} from './service';
