import type { Subject } from '@ticketing/common';

/** What everything outside the folder of a service knows of it. Folder, database, user and image have its name. */
export interface ServiceFacts {
  /** The paths that lead to it, with all paths below them. */
  readonly routes: readonly `/api/${string}`[];
  /** The collections that it owns, and the events that it records in each. */
  readonly owns: Readonly<Record<string, readonly Subject[]>>;
  /** The channels that it consumes, those of its replicas included. */
  readonly consumes: readonly Subject[];
  /** The collections that are replicas, and the module below its `src` that exports each. */
  readonly replicas: Readonly<Record<string, string>>;
}

/**
 * The services of this system: the one list. A new service is a folder in `services/` and an entry here; then
 * `npm run services` writes what cannot read this file, such as manifests.
 */
export const services = {
  tickets: {
    routes: ['/api/tickets'],
    owns: { tickets: ['ticket:created', 'ticket:updated'] },
    consumes: ['order:created', 'order:cancelled', 'order:completed'],
    replicas: {},
  },
  orders: {
    routes: ['/api/orders'],
    owns: {
      orders: ['order:created', 'order:cancelled', 'order:completed'],
      payment_refusals: ['order:payment-refused'],
    },
    consumes: ['ticket:created', 'ticket:updated', 'payment:created'],
    replicas: { tickets: 'ticket-replica/ticket' },
  },
} as const satisfies Record<string, ServiceFacts>;

export type ServiceName = keyof typeof services;

export const serviceNames = Object.keys(services) as readonly ServiceName[];

/** The facts of a service, whichever it is. */
export function factsOf(name: ServiceName): ServiceFacts {
  return services[name];
}

/** The channels in which a service publishes. */
export function publishedBy(name: ServiceName): readonly Subject[] {
  return Object.values(factsOf(name).owns).flat();
}

/** The service that publishes in a channel; undefined when none of this system does. */
export function ownerOf(subject: Subject): ServiceName | undefined {
  return serviceNames.find((name) => publishedBy(name).includes(subject));
}

/** The queue group of a service's processes. */
export function groupOf(name: ServiceName): string {
  return `${name}-service`;
}

/** The name as the beginning of a variable: `TICKETS` of `TICKETS_MONGO_URI`. */
export function inCapitals(name: string): string {
  return name.toUpperCase().replaceAll('-', '_');
}

/** A path from outside, and the service that answers there. */
export interface Route {
  readonly path: string;
  /** Not the paths below it. */
  readonly exact: boolean;
  readonly service: ServiceName;
}

/** Every path from outside. The page of the API is in every service, so the first one answers for all. */
export function routes(): readonly Route[] {
  const [first] = serviceNames;
  if (first === undefined) return [];
  return [
    ...serviceNames.flatMap((service) => factsOf(service).routes.map((path) => ({ path, exact: false, service }))),
    { path: '/api/docs', exact: false, service: first },
    { path: '/api/openapi.json', exact: true, service: first },
  ];
}

/** Something of each service, by its name. */
export function perService<T>(make: (name: ServiceName) => T): Record<ServiceName, T> {
  return Object.fromEntries(serviceNames.map((name) => [name, make(name)])) as Record<ServiceName, T>;
}

/** The same for what takes time, all at once. Waits for all, even if one fails. @throws the first failure */
export async function perServiceSettled<T>(make: (name: ServiceName) => Promise<T>): Promise<Record<ServiceName, T>> {
  const started = serviceNames.map(make);
  await Promise.allSettled(started);
  const made = await Promise.all(started);
  return Object.fromEntries(serviceNames.map((name, n) => [name, made[n]])) as Record<ServiceName, T>;
}
