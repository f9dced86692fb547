import type { IngressRoute } from './ingress';

/** The service of each path. Every service has the page of the API, and one of them is enough. */
export function routesTo(targets: Readonly<Record<'tickets' | 'orders', readonly string[]>>): IngressRoute[] {
  return [
    { path: '/api/tickets', targets: targets.tickets },
    { path: '/api/orders', targets: targets.orders },
    { path: '/api/docs', targets: targets.tickets },
    { path: '/api/openapi.json', targets: targets.tickets },
  ];
}
