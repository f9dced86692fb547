import { type KubernetesObject, nameOf, type Objects, ofKind } from '../manifests/objects';

/** One way in, of an Ingress or of an HTTPRoute. */
export interface Route {
  readonly from: string;
  readonly host: string | undefined;
  /** It, and all paths below it unless the route is exact. */
  readonly path: string;
  readonly service: string;
  readonly port: string | number;
}

interface Ingress extends KubernetesObject {
  readonly spec: {
    readonly rules: readonly {
      readonly host?: string;
      readonly http: {
        readonly paths: readonly {
          readonly path: string;
          readonly backend: {
            readonly service: {
              readonly name: string;
              readonly port: { readonly name?: string; readonly number?: number };
            };
          };
        }[];
      };
    }[];
  };
}

interface HttpRoute extends KubernetesObject {
  readonly spec: {
    readonly hostnames?: readonly string[];
    readonly rules: readonly {
      readonly matches: readonly { readonly path: { readonly value: string } }[];
      readonly backendRefs: readonly { readonly name: string; readonly port: number }[];
    }[];
  };
}

/** Every route of every Ingress and HTTPRoute. */
export function httpRoutes(objects: Objects): readonly Route[] {
  const ofIngress = ofKind<Ingress>(objects, 'Ingress').flatMap((ingress) =>
    ingress.spec.rules.flatMap(({ host, http }) =>
      http.paths.map(({ path, backend: { service } }) => {
        const port = service.port.name ?? service.port.number ?? 0;
        return { from: nameOf(ingress), host, path, service: service.name, port };
      }),
    ),
  );
  const ofGateway = ofKind<HttpRoute>(objects, 'HTTPRoute').flatMap((route) =>
    route.spec.rules.flatMap(({ matches, backendRefs }) =>
      matches.flatMap(({ path }) =>
        backendRefs.map(({ name, port }) => {
          const host = route.spec.hostnames?.[0];
          return { from: nameOf(route), host, path: path.value, service: name, port };
        }),
      ),
    ),
  );
  return [...ofIngress, ...ofGateway];
}
