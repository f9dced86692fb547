import { brokerOption, runProgram, stopSignal } from '@ticketing/command-line';
import { type Engine, wholeNumber } from '@ticketing/servers';
import { Command } from 'commander';
import { forward } from './forward';

const HELP = `
It needs kubectl, with a kubeconfig that kubectl finds (KUBECONFIG, or ~/.kube/config). It forwards to a ready pod, the first by name, and
looks every other second whether it is still there: when it is deleted or replaced it forwards to the next one. A kubectl that ends is
started again. Clients lose their connection each time, and must connect again.

Exit code: 0 stopped by Ctrl-C or SIGTERM, 2 wrong use, or the cluster cannot be reached, or a port is taken.

Examples:
  npm run nats:forward
  npm run nats:forward -- --namespace staging --context my-cluster
  npm run nats:forward -- --port 14222 --monitor-port 18222
`;

interface Options {
  readonly namespace: string;
  readonly context?: string;
  readonly selector?: string;
  readonly broker: Engine;
  readonly port: number;
  readonly monitorPort: number;
}

/** The pods of each engine, by their label. */
const POD_OF: Readonly<Record<Engine, string>> = {
  streaming: 'app.kubernetes.io/name=nats-streaming',
  jetstream: 'app.kubernetes.io/name=nats',
};

/** Runs until it is told to stop. Does not reject; sets the exit code. */
async function main(): Promise<void> {
  const port = wholeNumber(1, 65_535);
  const program = new Command('npm run nats:forward --')
    .description('Makes a server of the broker in Kubernetes reachable here, and keeps it so when its pod is replaced.')
    .option('--namespace <name>', 'where its pod is', 'ticketing')
    .option('--context <name>', 'of the kubeconfig (default: its current one)')
    .addOption(brokerOption())
    .option(
      '--selector <labels>',
      'label that selects its pod (default: app.kubernetes.io/name=nats-streaming, or nats)',
    )
    .option('--port <number>', 'local port for clients', port, 4222)
    .option('--monitor-port <number>', 'local port for monitoring', port, 8222)
    .addHelpText('after', HELP)
    .allowExcessArguments(false)
    .exitOverride()
    .action(async ({ port: client, monitorPort: monitor, broker, selector = POD_OF[broker], ...place }: Options) => {
      await forward({ ...place, selector }, { client, monitor }, stopSignal());
    });
  await runProgram(program);
}

void main();
