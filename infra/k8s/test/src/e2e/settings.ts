/** What the environment says about the cluster; KUBECONFIG itself is read by kubectl. */
export interface Settings {
  /** The engine of the broker to install. */
  readonly broker: 'streaming' | 'jetstream';
  /** Where the ingress controller answers, without a path. It is called with the host of the Ingress. */
  readonly ingressUrl: string;
  /** Of the volumes; absent: the cluster's default. */
  readonly storageClass: string | undefined;
  /** An image that stands for MongoDB and has no authentication; absent: the MongoDB of the manifests. */
  readonly mongodbStandIn: string | undefined;
  /** Put before the names of the two images, with a slash. */
  readonly imageRegistry: string | undefined;
  /** Whether the cluster's network plug-in enforces NetworkPolicies. */
  readonly cniEnforces: boolean;
  /** Leaves everything in the cluster at the end. */
  readonly keep: boolean;
}

export function readSettings(env: NodeJS.ProcessEnv = process.env): Settings {
  const given = (name: string) => env[name] || undefined;
  return {
    broker: given('BROKER') === 'jetstream' ? 'jetstream' : 'streaming',
    ingressUrl: (given('INGRESS_URL') ?? 'http://127.0.0.1').replace(/\/$/, ''),
    storageClass: given('STORAGE_CLASS'),
    mongodbStandIn: given('MONGODB_STAND_IN'),
    imageRegistry: given('IMAGE_REGISTRY'),
    cniEnforces: given('CNI_ENFORCES') !== 'no',
    keep: given('KEEP') === '1',
  };
}
