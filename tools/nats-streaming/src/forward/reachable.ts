import { shownNatsUrl } from '@ticketing/common/nats-url';
import { monitorAddress, serverAddress } from '../client/server-address';

/** The local ports. */
export interface LocalPorts {
  readonly client: number;
  readonly monitor: number;
}

/**
 * What can be reached now, and what to type next, with the address only where a command would not find it by itself.
 */
export function reachable(podName: string, ports: LocalPorts, env: NodeJS.ProcessEnv = process.env): string[] {
  const [nats, monitoring] = [`nats://localhost:${ports.client}`, `http://localhost:${ports.monitor}`];
  const toMonitor = monitorAddress(undefined, env) === monitoring ? '' : `NATS_MONITOR_URL=${monitoring} `;
  const toListen = shownNatsUrl(serverAddress({}, env).url) === nats ? '' : `NATS_URL=${nats} `;
  return [
    `Forwarding to pod ${podName}:`,
    `  ${nats}   for clients`,
    `  ${monitoring}   for monitoring`,
    'In another terminal:',
    `  ${toMonitor}npm run nats:monitor`,
    `  ${toListen}npm run nats:listen -- ticket:created --all`,
    'Ctrl-C ends it.',
  ];
}
