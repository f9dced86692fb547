import { serviceNames } from '@ticketing/services';
import {
  type KubernetesObject,
  type Labels,
  labelsOf,
  nameOf,
  type Objects,
  ofComponent,
  ofKind,
  selects,
  type Selector,
  type Workload,
  workloads,
} from '../manifests/objects';
import { containerPort } from './ports';
import { each, type Policy } from './policy';

interface Peer {
  readonly podSelector?: Selector;
  readonly namespaceSelector?: Selector & {
    readonly matchExpressions?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values: readonly string[];
    }[];
  };
  readonly ipBlock?: unknown;
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports?: readonly { readonly port: number | string }[];
}
interface NetworkPolicy extends KubernetesObject {
  readonly spec: {
    readonly podSelector: Selector;
    readonly policyTypes: readonly string[];
    readonly ingress?: readonly Rule[];
    readonly egress?: readonly Rule[];
  };
}

const policiesOf = (objects: Objects) => ofKind<NetworkPolicy>(objects, 'NetworkPolicy');

/** Whether the policies let a pod of one workload call a port of another: both sides must. No policy for a side lets all pass. */
function mayCall(objects: Objects, from: Workload, to: Workload, port: number): boolean {
  const side = (type: 'Ingress' | 'Egress', mine: Workload, other: Workload) => {
    const mineAre = policiesOf(objects).filter(
      ({ spec }) => spec.policyTypes.includes(type) && selects(spec.podSelector.matchLabels ?? {}, labelsOf(mine)),
    );
    const rules = mineAre.flatMap(({ spec }) => (type === 'Ingress' ? spec.ingress : spec.egress) ?? []);
    return mineAre.length === 0 || rules.some((rule) => passes(rule, labelsOf(other)));
  };
  const passes = ({ from: sources, to: targets, ports }: Rule, labels: Labels) => {
    const peers = sources ?? targets;
    // Other namespaces are not this one; no address of a pod is in an ipBlock that these manifests have.
    const peer = peers?.some(({ podSelector, namespaceSelector, ipBlock }) =>
      namespaceSelector || ipBlock ? false : selects(podSelector?.matchLabels ?? {}, labels),
    );
    return (peer ?? true) && (ports?.some((one) => containerPort(to, one.port) === port) ?? true);
  };
  return side('Egress', from, to) && side('Ingress', to, from);
}

/** The calls that the design names, as `from to port`. */
const DESIGN = serviceNames.flatMap((name) => [
  `${name} nats-streaming 4222`,
  `${name} nats 4222`,
  `${name} ${name}-mongodb 27017`,
]);
const BETWEEN_NODES = ['nats-streaming nats-streaming 6222', 'nats nats 6222'];

const onlyTheDesign: Policy = (objects) => {
  const all = workloads(objects);
  const expected = [...DESIGN, ...BETWEEN_NODES].filter((call) => {
    const [, to, port] = call.split(' ');
    return all.some((one) => one.metadata.name === to && containerPort(one, Number(port)) !== undefined);
  });
  const allowed = all.flatMap((from) =>
    all.flatMap((to) =>
      to.spec.template.spec.containers
        .flatMap(({ ports = [] }) => ports)
        .filter(({ containerPort: port }) => mayCall(objects, from, to, port))
        .map(({ containerPort: port }) => `${from.metadata.name} ${to.metadata.name} ${port}`),
    ),
  );
  return [
    ...allowed.filter((call) => !expected.includes(call)).map((call) => `the call is allowed: ${call}`),
    ...expected.filter((call) => !allowed.includes(call)).map((call) => `the call is refused: ${call}`),
  ];
};

const denied: Policy = (objects) => {
  const all = policiesOf(objects).some(
    ({ spec }) =>
      Object.keys(spec.podSelector).length === 0 && !spec.ingress && !spec.egress && spec.policyTypes.length === 2,
  );
  return all ? [] : ['there is no NetworkPolicy that denies everything'];
};

/** Ports that rules name are ports of the pods they are for; DNS, and a MongoDB elsewhere, are not in these manifests. */
const portsExist: Policy = (objects) =>
  each(policiesOf(objects), nameOf, ({ spec }) => {
    const mine = workloads(objects).filter((one) => selects(spec.podSelector.matchLabels ?? {}, labelsOf(one)));
    const missing = (rules: readonly Rule[], at: readonly Workload[]) =>
      rules
        .flatMap(({ ports = [] }) => ports)
        .filter(({ port }) => !at.some((one) => containerPort(one, port) !== undefined))
        .map(({ port }) => `names the port ${port}, which nobody has`);
    const inside = (spec.egress ?? []).filter(({ to }) => to?.every(({ podSelector }) => podSelector));
    const wayless = (spec.ingress ?? []).filter(({ from }) => !from?.length).map(() => 'lets everybody in');
    return [...missing(spec.ingress ?? [], mine), ...missing(inside, workloads(objects)), ...wayless];
  });

/** The way in: a rule for other namespaces must be there, or no request of an ingress controller arrives. */
const waysIn: Policy = (objects) =>
  each(ofComponent(objects, 'service'), nameOf, (service) => {
    const rules = policiesOf(objects)
      .filter(({ spec }) => selects(spec.podSelector.matchLabels ?? {}, labelsOf(service)))
      .flatMap(({ spec }) => spec.ingress ?? []);
    const namespaces = rules.flatMap(({ from = [] }) =>
      from.flatMap(({ namespaceSelector }) => namespaceSelector ?? []),
    );
    const names = namespaces.flatMap(({ matchExpressions = [] }) => matchExpressions.flatMap(({ values }) => values));
    if (namespaces.some((one) => !one.matchLabels && !one.matchExpressions)) return 'is open to every namespace';
    return names.includes('traefik') && names.includes('envoy-gateway-system')
      ? undefined
      : 'is closed to ingress controllers';
  });

/** Rules for allowed calls. */
export const networkPolicies = {
  'what no NetworkPolicy allows is denied': denied,
  'only the calls of the design are allowed': onlyTheDesign,
  'every port of a NetworkPolicy exists': portsExist,
  'ingress controllers reach the services, other namespaces do not': waysIn,
} satisfies Record<string, Policy>;
