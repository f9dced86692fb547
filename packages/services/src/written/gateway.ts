import { routes, serviceNames } from '../services';
import { BY, type WrittenFile } from './written-file';

/** The way in by the Gateway API. */
export function httpRoute(): WrittenFile {
  const rules = serviceNames.map((name) => {
    const matches = routes()
      .filter(({ service }) => service === name)
      .map(
        ({ path, exact }) => `        - path:
            type: ${exact ? 'Exact' : 'PathPrefix'}
            value: ${path}
`,
      );
    return `    - matches:
${matches.join('')}      backendRefs:
        - name: ${name}
          port: 3000
`;
  });
  const text = `# ${BY}
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: ticketing
  labels:
    app.kubernetes.io/name: ingress
    app.kubernetes.io/component: ingress
    app.kubernetes.io/part-of: ticketing
    app.kubernetes.io/managed-by: kustomize
spec:
  parentRefs:
    - name: ticketing
      sectionName: http
  hostnames:
    - ticketing.dev
  rules:
${rules.join('')}`;
  return { path: 'infra/k8s/overlays/gateway/http-route.yaml', text };
}
