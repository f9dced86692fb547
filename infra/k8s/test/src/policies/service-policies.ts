import { describeConfig, loadConfig } from '@ticketing/common';
import { serviceNames } from '@ticketing/services';
import { configOf } from '@ticketing/services/code';
import {
  type Container,
  type KubernetesObject,
  LABEL,
  labelsOf,
  nameOf,
  type Objects,
  ofComponent,
  ofKind,
  selects,
  type Selector,
  type Workload,
} from '../manifests/objects';
import { each, type Policy } from './policy';

const services = (objects: Objects) => ofComponent(objects, 'service');
const containerOf = ({ spec }: Workload): Container | undefined => spec.template.spec.containers[0];
const valueOf = (service: Workload, name: string) => containerOf(service)?.env?.find((one) => one.name === name)?.value;

const everyService: Policy = (objects) =>
  serviceNames
    .filter((name) => !services(objects).some(({ metadata }) => metadata.name === name))
    .map((name) => `there is no Deployment ${name}`);

/** Time before SIGTERM, for a start under way to end, to drain, and to spare (s). */
const [STARTING_S, SPARE_S] = [10, 3];
const timeToStop: Policy = (objects) =>
  each(services(objects), nameOf, (service) => {
    const [program, seconds = ''] = containerOf(service)?.lifecycle?.preStop?.exec?.command ?? [];
    if (program !== 'sleep' || !(Number(seconds) > 0)) return 'has no pause before it is told to stop';
    const needed = Number(seconds) + STARTING_S + Number(valueOf(service, 'DRAIN_DEADLINE_MS')) / 1000 + SPARE_S;
    const { terminationGracePeriodSeconds: given = 30 } = service.spec.template.spec;
    return given >= needed ? undefined : `is killed after ${given} s, and may need ${needed} s to stop`;
  });

const rollsWithoutLoss: Policy = (objects) =>
  each(services(objects), nameOf, ({ spec }) =>
    spec.strategy?.rollingUpdate?.maxUnavailable === 0
      ? undefined
      : 'goes below its number of pods in a rolling update',
  );

interface Autoscaler extends KubernetesObject {
  readonly spec: {
    readonly minReplicas?: number;
    readonly maxReplicas: number;
    readonly scaleTargetRef: { readonly name: string };
  };
}
const twoPodsOrMore: Policy = (objects) =>
  each(services(objects), nameOf, ({ metadata, spec }) => {
    const scaler = ofKind<Autoscaler>(objects, 'HorizontalPodAutoscaler').find(
      (one) => one.spec.scaleTargetRef.name === metadata.name,
    );
    if (!scaler) return 'has no HorizontalPodAutoscaler';
    if (spec.replicas !== undefined)
      return 'sets replicas, which each apply would take from its HorizontalPodAutoscaler';
    const { minReplicas = 1, maxReplicas } = scaler.spec;
    return minReplicas >= 2 && maxReplicas > minReplicas ? undefined : 'is not scaled between two pods and more';
  });

interface Budget extends KubernetesObject {
  readonly spec: { readonly selector: Selector; readonly maxUnavailable?: number; readonly minAvailable?: unknown };
}
const budgets: Policy = (objects) =>
  each(services(objects), nameOf, (service) => {
    const its = ofKind<Budget>(objects, 'PodDisruptionBudget').filter((one) =>
      selects(one.spec.selector.matchLabels ?? {}, labelsOf(service)),
    );
    return its.length === 1 && its[0]?.spec.maxUnavailable === 1 ? undefined : 'has no PodDisruptionBudget of one pod';
  });

const spread: Policy = (objects) =>
  each(services(objects), nameOf, (service) => {
    const its = service.spec.template.spec.topologySpreadConstraints ?? [];
    const over = its.filter((one) => selects(one.labelSelector.matchLabels ?? {}, labelsOf(service)));
    return over.some(({ topologyKey }) => topologyKey === 'kubernetes.io/hostname')
      ? undefined
      : 'is not spread over nodes';
  });

/** The client id of NATS Streaming has the host's name in it, which is the pod's unless a pod says otherwise. */
const clientIds: Policy = (objects) =>
  each(services(objects), nameOf, (service) => {
    const { hostname, hostNetwork } = service.spec.template.spec;
    return hostname !== undefined || hostNetwork ? 'gives all its pods one name, and so the same client id' : undefined;
  });

/** As infra/observability/prometheus-kubernetes.yaml looks for it. */
const scraped: Policy = (objects) =>
  each(services(objects), nameOf, (service) => {
    const { annotations = {} } = service.spec.template.metadata;
    const [scrape, port, path] = ['scrape', 'port', 'path'].map((what) => annotations[`prometheus.io/${what}`]);
    if (scrape !== 'true' || path !== '/metrics') return 'does not say that its metrics are at /metrics';
    return port === valueOf(service, 'PORT') ? undefined : `says that its metrics are at port ${port}`;
  });

/** As the service would read it: every variable known, every required one given, every value taken. */
const configuration: Policy = (objects) =>
  each(services(objects), nameOf, (service) => {
    const name = serviceNames.find((one) => one === service.metadata.labels?.[`${LABEL}name`]);
    const container = containerOf(service);
    if (!name || !container) return 'is not a service whose configuration is known';
    if (container.envFrom) return 'takes variables that nobody named';
    const given: Record<string, string> = {};
    const problems: string[] = [];
    for (const { name, value } of container.env ?? []) {
      given[name] = (value ?? stand(name)).replace(/\$\((\w+)\)/g, (_, other: string) => {
        if (given[other] === undefined) problems.push(`refers to $(${other}) in ${name}, which is not set before it`);
        return given[other] ?? '';
      });
    }
    const shape = configOf(name);
    const known = describeConfig(shape).map(({ name }) => name);
    const used = (name: string) => container.env?.some(({ value }) => value?.includes(`$(${name})`));
    problems.push(
      ...Object.keys(given).flatMap((name) => (known.includes(name) || used(name) ? [] : `does not know ${name}`)),
    );
    try {
      loadConfig(shape, given);
    } catch (error) {
      problems.push(`refuses its configuration: ${String((error as Error).message)}`);
    }
    return problems;
  });

/** Otherwise all callers behind the ingress have one address, and share one limit of requests. */
const knowsCallers: Policy = (objects) =>
  each(services(objects), nameOf, (service) =>
    valueOf(service, 'TRUST_PROXY') ? undefined : 'takes the ingress for the caller: TRUST_PROXY is missing',
  );

/** What a secret may hold, for the look at the configuration. */
const stand = (name: string): string =>
  name === 'MONGO_URI' ? 'mongodb+srv://user:word@example.test/name' : 'x'.repeat(64);

/** Rules for the Deployments of the services. */
export const servicePolicies = {
  'every service of the list is there': everyService,
  'the grace period is longer than the pause and the drain deadline': timeToStop,
  'a rolling update takes no pod away': rollsWithoutLoss,
  'a service has two pods or more, and an apply leaves their number': twoPodsOrMore,
  'a drain takes one pod of a service at a time': budgets,
  'a service is spread over nodes': spread,
  'a client id has the name of its pod': clientIds,
  'a scraper finds the metrics of a service': scraped,
  'the addresses of callers are known': knowsCallers,
  'the configuration is one that the service takes': configuration,
} satisfies Record<string, Policy>;
