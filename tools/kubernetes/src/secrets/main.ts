import { runProgram, say, stopSignal, tell } from '@ticketing/command-line';
import { Command } from 'commander';
import type { Place } from '../kubectl';
import { createNamespace } from './create-namespace';
import { createSecret } from './create-secret';
import { neededSecrets } from './needed-secrets';

const HELP = `
It needs kubectl, with a kubeconfig that kubectl finds (KUBECONFIG, or ~/.kube/config). What is there stays as it is, so it can be run
again at any time. It prints no secret; to see one: kubectl get secret ticketing-jwt --namespace ticketing --output yaml

Exit code: 0 all of them are there, 2 wrong use, or one cannot be created.

Examples:
  npm run k8s:secrets
  npm run k8s:secrets -- --namespace staging --context my-cluster
`;

/** Creates what is missing. @throws CommandError that says what cannot be created and what to do */
async function createAll(place: Place, signal: AbortSignal): Promise<void> {
  const { namespace } = place;
  const state = await createNamespace(place, signal);
  if (state === 'created') say(`namespace ${namespace}: created`);
  if (state === 'lax') {
    const label = 'pod-security.kubernetes.io/enforce=restricted';
    tell(`Namespace ${namespace} is there, but takes any pod. To refuse the dangerous ones:`);
    tell(`  kubectl label namespace ${namespace} ${label}`);
  }
  for (const secret of neededSecrets) {
    const created = await createSecret(secret, place, signal);
    say(`secret ${secret.name} (${secret.purpose}): ${created ? 'created' : 'is there, left as it is'}`);
  }
}

const program = new Command('npm run k8s:secrets --')
  .description('Creates the namespace and the secrets that infra/k8s needs in the cluster, if they are missing.')
  .option('--namespace <name>', 'where', 'ticketing')
  .option('--context <name>', 'of the kubeconfig (default: its current one)')
  .addHelpText('after', HELP)
  .allowExcessArguments(false)
  .exitOverride()
  .action((place: Place) => createAll(place, stopSignal()));

void runProgram(program);
