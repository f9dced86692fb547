export {
  type MonitoredChannel,
  type MonitoredServer,
  type MonitoredSubscription,
  readChannel,
  readServer,
} from './monitor/streaming';
export { namesOf, notSent, stateOf } from './monitor/subscription-state';
