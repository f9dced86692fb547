import { CONTAINER, nothing, ORDERS, POD, seesWhatIsBroken, TICKETS } from './broken.test.helper';
import { servicePolicies } from './service-policies';

seesWhatIsBroken(servicePolicies, {
  'every service of the list is there': [[ORDERS, '', nothing, 'no Deployment orders']],
  'the grace period is longer than the pause and the drain deadline': [
    [TICKETS, `${POD}/terminationGracePeriodSeconds`, 27, '28 s'],
    [TICKETS, `${CONTAINER}/lifecycle`, nothing, 'has no pause'],
    [TICKETS, `${CONTAINER}/env/5/value`, '20000', 'killed after 30 s'],
  ],
  'a rolling update takes no pod away': [[ORDERS, 'spec/strategy', nothing, 'below its number']],
  'a service has two pods or more, and an apply leaves their number': [
    [TICKETS, 'spec/replicas', 2, 'sets replicas'],
    ['HorizontalPodAutoscaler orders', '', nothing, 'has no Hor'],
    ['HorizontalPodAutoscaler orders', 'spec/minReplicas', nothing, 'not scaled'],
  ],
  'a drain takes one pod of a service at a time': [
    ['PodDisruptionBudget tickets', '', nothing, 'no PodDisruptionBudget'],
  ],
  'a service is spread over nodes': [[ORDERS, `${POD}/topologySpreadConstraints`, nothing, 'not spread']],
  'a client id has the name of its pod': [[ORDERS, `${POD}/hostname`, 'orders', 'one name']],
  'a scraper finds the metrics of a service': [
    [TICKETS, 'spec/template/metadata/annotations', nothing, 'does not say'],
    [ORDERS, 'spec/template/metadata/annotations/prometheus.io+port', '8080', 'at port 8080'],
  ],
  'the addresses of callers are known': [[TICKETS, `${CONTAINER}/env/8/value`, '', 'takes the ingress for the caller']],
  'the configuration is one that the service takes': [
    [TICKETS, `${CONTAINER}/env/3/name`, 'NATS_URI', 'does not know NATS_URI'],
    [TICKETS, `${CONTAINER}/env/3/name`, 'NATS_URI', 'NATS_URL is required'],
    [TICKETS, `${CONTAINER}/env/5/value`, '10s', 'DRAIN_DEADLINE_MS must be'],
    [TICKETS, `${CONTAINER}/env/8/value`, 'true', 'TRUST_PROXY must be'],
    [TICKETS, `${CONTAINER}/env/0/name`, 'MONGO_WORD', 'refers to $(MONGO_PASSWORD)'],
    [TICKETS, `${CONTAINER}/envFrom`, [], 'nobody named'],
  ],
});
