export {
  type MonitoredChannel,
  type MonitoredServer,
  type MonitoredSubscription,
  readChannel,
  readServer,
} from './monitor/monitoring-port';
