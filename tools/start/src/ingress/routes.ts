import { routes, type ServiceName } from '@ticketing/services';
import type { IngressRoute } from './ingress';

/** The routes of the system to the processes of each service. */
export function routesTo(targets: Readonly<Record<ServiceName, readonly string[]>>): IngressRoute[] {
  return routes().map(({ path, service }) => ({ path, targets: targets[service] }));
}
