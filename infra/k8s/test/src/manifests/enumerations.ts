const PROTOCOL = ['TCP', 'UDP', 'SCTP'];
const RETENTION = ['Retain', 'Delete'];

/**
 * What a field may be where the API takes a few words only: the published schemas do not say so. From the API reference
 * (https://kubernetes.io/docs/reference/kubernetes-api/); by the last part of the schema's name, then by field.
 */
export const ENUMERATIONS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Container: { imagePullPolicy: ['Always', 'IfNotPresent', 'Never'] },
  ContainerPort: { protocol: PROTOCOL },
  DeploymentStrategy: { type: ['RollingUpdate', 'Recreate'] },
  HTTPGetAction: { scheme: ['HTTP', 'HTTPS'] },
  HTTPIngressPath: { pathType: ['Exact', 'Prefix', 'ImplementationSpecific'] },
  LabelSelectorRequirement: { operator: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
  MetricSpec: { type: ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'] },
  MetricTarget: { type: ['Utilization', 'Value', 'AverageValue'] },
  NetworkPolicyPort: { protocol: PROTOCOL },
  NetworkPolicySpec: { policyTypes: ['Ingress', 'Egress'] },
  PersistentVolumeClaimSpec: {
    accessModes: ['ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod'],
    volumeMode: ['Filesystem', 'Block'],
  },
  PodDisruptionBudgetSpec: { unhealthyPodEvictionPolicy: ['IfHealthyBudget', 'AlwaysAllow'] },
  PodSecurityContext: { fsGroupChangePolicy: ['Always', 'OnRootMismatch'] },
  PodSpec: { restartPolicy: ['Always', 'OnFailure', 'Never'] },
  SeccompProfile: { type: ['RuntimeDefault', 'Localhost', 'Unconfined'] },
  ServicePort: { protocol: PROTOCOL },
  ServiceSpec: { type: ['ClusterIP', 'NodePort', 'LoadBalancer', 'ExternalName'] },
  StatefulSetPersistentVolumeClaimRetentionPolicy: { whenDeleted: RETENTION, whenScaled: RETENTION },
  StatefulSetSpec: { podManagementPolicy: ['OrderedReady', 'Parallel'] },
  TopologySpreadConstraint: { whenUnsatisfiable: ['DoNotSchedule', 'ScheduleAnyway'] },
};
