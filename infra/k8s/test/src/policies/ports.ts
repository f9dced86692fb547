import {
  type KubernetesObject,
  type Labels,
  type Objects,
  ofKind,
  selected,
  type Workload,
} from '../manifests/objects';

export interface ServiceObject extends KubernetesObject {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly selector?: Labels;
    readonly ports: readonly { readonly name?: string; readonly port: number; readonly targetPort?: number | string }[];
  };
}

/** The number of a port of the workload's containers, by name or number; undefined when they have none such. */
export function containerPort({ spec }: Workload, nameOrNumber: string | number): number | undefined {
  return spec.template.spec.containers
    .flatMap(({ ports = [] }) => ports)
    .find(({ name, containerPort: number }) => name === nameOrNumber || number === nameOrNumber)?.containerPort;
}

/**
 * The number of a Service's port, by name or number; undefined when there is no such Service, or no such port, or
 * nobody behind. A pod of a StatefulSet has an address of its own, such as nats-0.nats.
 */
export function servicePort(objects: Objects, host: string, nameOrNumber: string | number): number | undefined {
  const [service, pod] = host.split('.').reverse();
  if (pod !== undefined && !podsOf(objects, service).includes(pod)) return undefined;
  const found = ofKind<ServiceObject>(objects, 'Service').find(({ metadata }) => metadata.name === service);
  const port = found?.spec.ports.find((one) => one.name === nameOrNumber || one.port === nameOrNumber);
  const behind = selected(objects, found?.spec.selector ?? {})[0];
  if (!port || !behind || containerPort(behind, port.targetPort ?? port.port) === undefined) return undefined;
  return port.port;
}

function podsOf(objects: Objects, service: string | undefined): readonly string[] {
  return ofKind<Workload>(objects, 'StatefulSet')
    .filter(({ spec }) => spec.serviceName === service)
    .flatMap(({ metadata, spec }) => podNames(metadata.name, spec.replicas));
}

/** The names of the pods of a StatefulSet. */
export function podNames(name: string, replicas = 1): readonly string[] {
  return Array.from({ length: replicas }, (_, n) => `${name}-${n}`);
}
