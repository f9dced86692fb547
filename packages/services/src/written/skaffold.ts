import { serviceNames } from '../services';
import { BY, type WrittenFile } from './written-file';

const FIRST_PORT = 3001;

/** The development loop on a cluster. */
export function skaffold(): WrittenFile {
  const artifacts = serviceNames.map(
    (name) => `    - image: ticketing/${name}
      docker:
        buildArgs:
          SERVICE: ${name}
`,
  );
  const forwards = serviceNames.map(
    (name, n) => `  - resourceType: service
    resourceName: ${name}
    namespace: ticketing
    port: 3000
    localPort: ${FIRST_PORT + n}
`,
  );
  const text = `# ${BY}
# The development loop on a cluster: skaffold dev builds the images, applies infra/k8s, and does it again after each edit.
# The secrets come first, once: npm run k8s:secrets
apiVersion: skaffold/v4beta11
kind: Config
metadata:
  name: ticketing
build:
  local:
    push: false # images of this machine; for another cluster: skaffold dev --default-repo REGISTRY, and push: true
  artifacts:
${artifacts.join('')}manifests:
  kustomize:
    paths:
      - infra/k8s
deploy:
  kubectl: {}
# Each service without the ingress; the ingress of the cluster serves all as http://ticketing.dev.
portForward:
${forwards.join('')}`;
  return { path: 'skaffold.yaml', text };
}
