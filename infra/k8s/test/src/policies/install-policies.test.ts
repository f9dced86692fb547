import { NATS, nothing, seesWhatIsBroken, TICKETS } from './broken.test.helper';
import { installPolicies } from './install-policies';

seesWhatIsBroken(installPolicies, {
  'deleting it keeps the volumes': [
    ['ConfigMap orders-mongodb', 'kind', 'Namespace', 'the data with it'],
    [NATS, 'spec/persistentVolumeClaimRetentionPolicy/whenDeleted', 'Delete', 'may lose'],
    [NATS, 'spec/volumeClaimTemplates', nothing, 'no volume'],
  ],
  'everything is in one namespace': [['Service orders', 'metadata/namespace', nothing, 'is in undefined']],
  'everything has the recommended labels': [
    ['NetworkPolicy dns', 'metadata/labels', nothing, 'part-of'],
    [NATS, 'spec/template/metadata/labels', {}, 'pod of StatefulSet nats-streaming'],
  ],
  'workloads are selected by name only': [[TICKETS, 'spec/selector/matchLabels/version', '1', 'more than its name']],
  'the routes are those of the list of services': [
    ['Ingress ticketing', 'spec/rules/0/http/paths/0/path', '/', 'a route ticketing.dev / tickets'],
    ['Ingress ticketing', '', nothing, 'no route ticketing.dev /api/orders'],
  ],
  'any ingress controller takes the Ingress': [
    ['Ingress ticketing', 'metadata/annotations', { 'a.b/c': 'd' }, 'a.b/c'],
    ['Ingress ticketing', 'spec/ingressClassName', 'nginx', 'for nginx only'],
  ],
});
