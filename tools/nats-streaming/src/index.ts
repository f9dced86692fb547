export { type PortForward, startPortForward } from './forward/port-forward';
export { type MonitoredChannel, type MonitoredServer, readChannel, readServer } from './monitor/streaming';
export { namesOf, notSent, stateOf } from './monitor/subscription-state';
