import { routes, serviceNames } from '../services';
import { BY, type WrittenFile } from './written-file';

/** The manifests of all services. */
export function baseKustomization(): WrittenFile {
  const text = `# ${BY}
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
${serviceNames.map((name) => `  - ../../../../services/${name}/k8s\n`).join('')}`;
  return { path: 'infra/k8s/base/services/kustomization.yaml', text };
}

/** The way in. */
export function ingress(): WrittenFile {
  const paths = routes().map(
    ({ path, exact, service }) => `          - path: ${path}
            pathType: ${exact ? 'Exact' : 'Prefix'}
            backend:
              service:
                name: ${service}
                port:
                  name: http
`,
  );
  const text = `# ${BY}
# The way in. No annotations and no ingressClassName: the cluster's default controller takes it, whichever that is.
# /healthz, /readyz and /metrics are not routed: they are for the cluster. Every service has the page of the API.
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: ticketing
  labels:
    app.kubernetes.io/name: ingress
    app.kubernetes.io/component: ingress
spec:
  rules:
    - host: ticketing.dev
      http:
        paths:
${paths.join('')}`;
  return { path: 'infra/k8s/base/ingress.yaml', text };
}
