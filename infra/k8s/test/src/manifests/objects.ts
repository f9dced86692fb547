// The objects of Kubernetes as far as the policies look at them. That they are what they say is the schema's to check, first.

export type Labels = Readonly<Record<string, string>>;

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly annotations?: Labels;
}

export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Metadata;
}

export interface Selector {
  readonly matchLabels?: Labels;
}

export interface Port {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
}

export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: number | string };
  readonly tcpSocket?: { readonly port: number | string };
}

export interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: { readonly name: string; readonly key: string; readonly optional?: boolean };
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

type Amounts = Readonly<Record<string, string>>;

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly unknown[];
  readonly ports?: readonly Port[];
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly preStop?: { readonly exec?: { readonly command: readonly string[] } } };
  readonly resources?: { readonly requests?: Amounts; readonly limits?: Amounts };
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly privileged?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
}

export interface ConfigMap extends KubernetesObject {
  readonly data: Readonly<Record<string, string>>;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly hostname?: string;
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly automountServiceAccountToken?: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type: string };
  };
  readonly topologySpreadConstraints?: readonly { readonly topologyKey: string; readonly labelSelector: Selector }[];
  readonly affinity?: {
    readonly podAntiAffinity?: {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: readonly {
        readonly topologyKey: string;
        readonly labelSelector: Selector;
      }[];
    };
  };
  readonly volumes?: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
}

/** A Deployment or a StatefulSet. */
export interface Workload extends KubernetesObject {
  readonly spec: {
    readonly replicas?: number;
    readonly selector: Selector;
    readonly serviceName?: string;
    readonly podManagementPolicy?: string;
    readonly strategy?: { readonly rollingUpdate?: { readonly maxUnavailable?: number | string } };
    readonly persistentVolumeClaimRetentionPolicy?: { readonly whenDeleted?: string; readonly whenScaled?: string };
    readonly volumeClaimTemplates?: readonly {
      readonly metadata: Metadata;
      readonly spec: { readonly resources: { readonly requests: Amounts } };
    }[];
    readonly template: {
      readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
      readonly spec: PodSpec;
    };
  };
}

export type Objects = readonly KubernetesObject[];

/** All of one kind, as what that kind is. */
export function ofKind<T extends KubernetesObject>(objects: Objects, kind: string): readonly T[] {
  return objects.filter((object) => object.kind === kind) as unknown as readonly T[];
}

/** What runs pods. */
export function workloads(objects: Objects): readonly Workload[] {
  return [...ofKind<Workload>(objects, 'Deployment'), ...ofKind<Workload>(objects, 'StatefulSet')];
}

/** The labels of its pods. */
export function labelsOf({ spec }: Workload): Labels {
  return spec.template.metadata.labels;
}

/** The Deployments of the services, or whatever else is of this component. */
export function ofComponent(objects: Objects, component: string): readonly Workload[] {
  return workloads(objects).filter((one) => labelsOf(one)[`${LABEL}component`] === component);
}

export const LABEL = 'app.kubernetes.io/';

/** For messages, such as `Deployment NAME`. */
export function nameOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}

/** Every container of every pod, with a name for messages. */
export function containers(objects: Objects): readonly { readonly of: string; readonly container: Container }[] {
  return workloads(objects).flatMap((one) => {
    const { containers, initContainers = [] } = one.spec.template.spec;
    return [...containers, ...initContainers].map((container) => ({
      of: `${nameOf(one)}, container ${container.name}`,
      container,
    }));
  });
}

/** Whether a selector picks pods with these labels; an empty one picks all. Those of `infra/k8s` have matchLabels only. */
export function selects(matchLabels: Labels, labels: Labels): boolean {
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value);
}

/** The workloads whose pods a selector picks. */
export function selected(objects: Objects, matchLabels: Labels): readonly Workload[] {
  return workloads(objects).filter((one) => selects(matchLabels, labelsOf(one)));
}
