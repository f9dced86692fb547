import { serviceNames } from '@ticketing/services';
import { readSettings } from './settings';

/** An unrelated pod in the namespace, with only Node, as the namespace allows it. @param args of node */
export function strangerPod(name: string, args: readonly string[]) {
  const { imageRegistry } = readSettings();
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { 'app.kubernetes.io/name': 'stranger' } },
    spec: {
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'stranger',
          image: `${imageRegistry ? `${imageRegistry}/` : ''}ticketing/${serviceNames[0]}:dev`,
          command: ['node', ...args],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
        },
      ],
    },
  };
}
