import { monitorAddress, serverAddress } from '../server-address';
import type { LocalPorts } from './forward';

/** What can be reached now, and what to type next; the addresses only where the commands would not find them by themselves. */
export function reachable(podName: string, ports: LocalPorts, env: NodeJS.ProcessEnv = process.env): string[] {
  const [nats, monitoring] = [`nats://localhost:${ports.client}`, `http://localhost:${ports.monitor}`];
  const toMonitor = monitorAddress(undefined, env) === monitoring ? '' : ` -- --url ${monitoring}`;
  const toListen = serverAddress({}, env).url === nats ? '' : ` --url ${nats}`;
  return [
    `Forwarding to pod ${podName}:`,
    `  ${nats}   clients`,
    `  ${monitoring}   monitoring`,
    'In another terminal:',
    `  npm run nats:monitor${toMonitor}`,
    `  npm run nats:listen -- ticket:created --all${toListen}`,
    'Ctrl-C ends it.',
  ];
}
