import { CONTAINER, MONGODB, NATS, nothing, ORDERS, POD, seesWhatIsBroken, TICKETS } from './broken.test.helper';
import { containerPolicies } from './container-policies';

seesWhatIsBroken(containerPolicies, {
  'every container has requests and limits': [
    [TICKETS, `${CONTAINER}/resources/limits/memory`, nothing, 'no limit of memory'],
    [NATS, `${CONTAINER}/resources`, nothing, 'requests no cpu'],
    [MONGODB, `${CONTAINER}/resources/requests/memory`, '2Gi', 'more memory than its limit'],
    [MONGODB, `${CONTAINER}/resources/requests/cpu`, '1500m', 'more cpu than its limit'],
  ],
  'every container has a startup, a readiness and a liveness probe': [
    [MONGODB, `${CONTAINER}/livenessProbe`, nothing, 'no livenessProbe'],
    [NATS, `${CONTAINER}/startupProbe`, {}, 'no startupProbe'],
  ],
  'a service is ready by /readyz and alive by /healthz': [
    [ORDERS, `${CONTAINER}/livenessProbe/httpGet/path`, '/readyz', 'livenessProbe'],
  ],
  'the root file system is read-only': [
    [MONGODB, `${CONTAINER}/securityContext/readOnlyRootFilesystem`, nothing, 'may write'],
  ],
  'all capabilities are dropped': [
    [TICKETS, `${CONTAINER}/securityContext/capabilities/drop`, ['KILL'], 'keeps capabilities'],
    [TICKETS, `${CONTAINER}/securityContext/capabilities/add`, ['CHOWN'], 'keeps capabilities'],
  ],
  'no container gains privileges': [
    [NATS, `${CONTAINER}/securityContext/allowPrivilegeEscalation`, nothing, 'gain privileges'],
  ],
  'every image is of one version': [
    [NATS, `${CONTAINER}/image`, 'nats-streaming', 'name one version'],
    [MONGODB, `${CONTAINER}/image`, 'host:5000/mongo:latest', 'name one version'],
  ],
  'nothing runs as root': [
    [TICKETS, `${POD}/securityContext/runAsNonRoot`, nothing, 'as root'],
    [TICKETS, `${POD}/securityContext/runAsUser`, 0, 'as root'],
  ],
  'seccomp is RuntimeDefault': [[MONGODB, `${POD}/securityContext/seccompProfile`, nothing, 'no seccomp']],
  'no pod has a token of the cluster': [[ORDERS, `${POD}/automountServiceAccountToken`, nothing, 'token']],
  'no pod uses the host': [
    [ORDERS, `${POD}/hostNetwork`, true, 'a namespace of the host'],
    [ORDERS, `${CONTAINER}/ports/0/hostPort`, 3000, 'a port of the host'],
    [MONGODB, `${POD}/volumes/0`, { name: 'config', hostPath: { path: '/' } }, 'hostPath of the host'],
  ],
});
