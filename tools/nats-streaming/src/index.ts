export { type PortForward, startPortForward } from './forward/port-forward';
export { describeJetStream } from './jetstream/describe';
export { lookAtJetStream } from './jetstream/look';
export {
  type MonitoredChannel,
  type MonitoredServer,
  readChannel,
  readChannels,
  readServer,
} from './monitor/streaming';
export { namesOf, notSent, stateOf } from './monitor/subscription-state';
