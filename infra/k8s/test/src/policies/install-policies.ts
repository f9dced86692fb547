import { routes as routesOfList } from '@ticketing/services';
import { LABEL, nameOf, type Objects, ofKind, type Workload, workloads } from '../manifests/objects';
import { each, type Policy } from './policy';
import { httpRoutes } from './routes';

/** `kubectl delete -k` deletes the namespace if it is in it, and with it every volume claim. */
const KEPT = ['Namespace', 'PersistentVolumeClaim', 'PersistentVolume'];
const keepsVolumes: Policy = (objects) => [
  ...each(objects, nameOf, ({ kind }) =>
    KEPT.includes(kind) ? 'would be deleted with the rest, and the data with it' : undefined,
  ),
  ...each(ofKind<Workload>(objects, 'StatefulSet'), nameOf, ({ spec }) => {
    const { whenDeleted, whenScaled } = spec.persistentVolumeClaimRetentionPolicy ?? {};
    if (!spec.volumeClaimTemplates?.length) return 'has no volume of its own';
    return whenDeleted === 'Retain' && whenScaled === 'Retain' ? undefined : 'may lose its volume';
  }),
];

const oneNamespace: Policy = (objects) =>
  each(objects, nameOf, ({ metadata }) =>
    metadata.namespace === 'ticketing' ? undefined : `is in ${metadata.namespace}`,
  );

const labelled: Policy = (objects) =>
  each([...objects, ...podTemplates(objects)], nameOf, ({ metadata: { labels = {} } }) =>
    ['name', 'component', 'part-of', 'managed-by'].flatMap((label) =>
      labels[`${LABEL}${label}`] === undefined ? `has no label ${LABEL}${label}` : [],
    ),
  );

const podTemplates = (objects: Objects) =>
  workloads(objects).map(({ kind, metadata, spec }) => ({
    apiVersion: 'v1',
    kind: `pod of ${kind}`,
    metadata: { ...spec.template.metadata, name: metadata.name },
  }));

/** A selector can never be changed: only the name is in it, which never changes either. */
const narrowSelectors: Policy = (objects) =>
  each(workloads(objects), nameOf, ({ spec }) =>
    Object.keys(spec.selector.matchLabels ?? {}).join() === `${LABEL}name`
      ? undefined
      : 'selects by more than its name',
  );

const ROUTES = routesOfList().map(({ path, service }) => `ticketing.dev ${path} ${service}`);
const rightRoutes: Policy = (objects) => {
  const routes = httpRoutes(objects).map(({ host, path, service }) => `${host} ${path} ${service}`);
  return [
    ...ROUTES.filter((route) => !routes.includes(route)).map((route) => `there is no route ${route}`),
    ...routes.filter((route) => !ROUTES.includes(route)).map((route) => `there is a route ${route}`),
  ];
};

/** Annotations and a class would bind it to one controller. */
const anyController: Policy = (objects) =>
  each(ofKind(objects, 'Ingress'), nameOf, (ingress) => {
    const { spec, metadata } = ingress as { spec?: { ingressClassName?: string } } & typeof ingress;
    return [
      ...Object.keys(metadata.annotations ?? {}).map((name) => `has the annotation ${name}`),
      ...(spec?.ingressClassName === undefined ? [] : [`is for ${spec.ingressClassName} only`]),
    ];
  });

/** Rules for applying and deleting the whole system. */
export const installPolicies = {
  'deleting it keeps the volumes': keepsVolumes,
  'everything is in one namespace': oneNamespace,
  'everything has the recommended labels': labelled,
  'workloads are selected by name only': narrowSelectors,
  'the routes are those of the list of services': rightRoutes,
  'any ingress controller takes the Ingress': anyController,
} satisfies Record<string, Policy>;
