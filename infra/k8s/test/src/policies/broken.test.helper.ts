import { broken } from '../manifests/broken.test.helper';
import { build } from '../manifests/build';
import type { Objects } from '../manifests/objects';
import type { Policy } from './policy';

/** One way to break a policy: of which object which field becomes what, and a part of what must be said then. */
export type Way = readonly [object: string, path: string, value: unknown, said: string];

/**
 * Tests that each policy sees each way in which it can be broken, one field of the real manifests at a time: a policy that
 * cannot fail would be worth nothing. In an overlay (`folder`) only some need a test of their own.
 */
export function seesWhatIsBroken<T extends Record<string, Policy>>(
  policies: T,
  ways: { readonly [Name in keyof T]: readonly [Way, ...Way[]] },
): void;
export function seesWhatIsBroken<T extends Record<string, Policy>>(
  policies: T,
  ways: { readonly [Name in keyof T]?: readonly Way[] },
  folder: string,
): void;
export function seesWhatIsBroken(
  policies: Record<string, Policy>,
  ways: Record<string, readonly Way[] | undefined>,
  folder = '.',
): void {
  let objects: Objects;
  beforeAll(async () => {
    objects = await build(folder);
  });

  describe.each(Object.entries(ways))('%s', (name, itsWays) => {
    test.each([...(itsWays ?? [])])('%s with %s = %j is seen', (object, path, value, said) => {
      const policy = policies[name];
      expect(policy?.(objects)).toEqual([]);
      expect(policy?.(broken(objects, object, path, value)).join('\n')).toContain(said);
    });
  });
}

export const TICKETS = 'Deployment tickets';
export const ORDERS = 'Deployment orders';
export const NATS = 'StatefulSet nats-streaming';
export const MONGODB = 'StatefulSet orders-mongodb';
export const POD = 'spec/template/spec';
export const CONTAINER = `${POD}/containers/0`;
export const nothing = undefined;
