import { CONTAINER, MONGODB, NATS, nothing, POD, seesWhatIsBroken, TICKETS } from './broken.test.helper';
import { referencePolicies } from './reference-policies';

seesWhatIsBroken(referencePolicies, {
  'every Service selects a pod': [
    ['Service orders', 'spec/selector', { a: 'b' }, 'selects no workload'],
    ['Service orders', 'spec/selector', {}, 'more than one'],
  ],
  'every port of a Service exists': [['Service tickets', 'spec/ports/0/targetPort', 'web', 'the port web']],
  'every port of a probe exists': [
    [MONGODB, `${CONTAINER}/readinessProbe/tcpSocket/port`, 27018, 'the port 27018'],
    [NATS, `${CONTAINER}/livenessProbe/httpGet/port`, 'monitor', 'the port monitor'],
  ],
  'every route leads to a port that exists': [
    ['Ingress ticketing', 'spec/rules/0/http/paths/0/backend/service/port/name', 'web', 'tickets:web'],
  ],
  'every address in a variable exists': [
    [TICKETS, `${CONTAINER}/env/3/value`, 'nats://nats:4222', 'calls nats:4222'],
    ['Service orders-mongodb', '', nothing, 'calls orders-mongodb:27017'],
  ],
  'every selector matches a workload': [
    ['PodDisruptionBudget tickets', 'spec/selector/matchLabels', { a: 'b' }, 'nobody'],
    ['NetworkPolicy orders', 'spec/podSelector/matchLabels', { a: 'b' }, 'nobody'],
    ['NetworkPolicy orders', 'spec/egress/0/to/0/podSelector/matchLabels', { a: 'b' }, 'nobody'],
    [TICKETS, 'spec/selector/matchLabels', { a: 'b' }, 'does not select itself'],
    [TICKETS, `${POD}/topologySpreadConstraints/1/labelSelector`, { matchLabels: { a: 'b' } }, 'itself'],
  ],
  'every name refers to something': [
    ['HorizontalPodAutoscaler orders', 'spec/scaleTargetRef/name', 'order', 'Deployment order'],
    [NATS, 'spec/serviceName', 'nats', 'Service nats'],
    ['ConfigMap orders-mongodb', '', nothing, 'ConfigMap orders-mongodb'],
  ],
  'every mount has its volume': [
    [NATS, `${CONTAINER}/volumeMounts/0/name`, 'store', 'mounts store'],
    [NATS, `${CONTAINER}/volumeMounts`, [], 'nobody mounts'],
  ],
});

describe('in jetstream', () => {
  const NODES = 'StatefulSet nats';
  seesWhatIsBroken(
    referencePolicies,
    {
      'every address in a variable exists': [
        [TICKETS, `${CONTAINER}/env/2/value`, 'nats://nats-3.nats:4222', 'calls nats-3.nats:4222'],
        [NODES, 'spec/serviceName', 'other', 'calls nats-0.nats:6222'],
      ],
      'every name refers to something': [[NODES, `${POD}/volumes/0/configMap/name`, 'nats', 'ConfigMap nats']],
      'every selector matches a workload': [
        [
          NODES,
          `${POD}/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0/labelSelector/matchLabels`,
          { a: 'b' },
          'itself',
        ],
      ],
    },
    'overlays/jetstream',
  );
});

describe('in gateway', () => {
  const ROUTE = 'HTTPRoute ticketing';
  seesWhatIsBroken(
    referencePolicies,
    {
      'every name refers to something': [[ROUTE, 'spec/parentRefs/0/sectionName', 'https', 'listener https']],
      'every route leads to a port that exists': [[ROUTE, 'spec/rules/0/backendRefs/0/port', 80, 'tickets:80']],
    },
    'overlays/gateway',
  );
});
