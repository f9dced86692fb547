import { broken } from '../manifests/broken.test.helper';
import { build } from '../manifests/build';
import type { Objects } from '../manifests/objects';
import type { Policy } from './policy';

/** One way to break a policy: the object, the field, its new value, and a part of the expected message. */
export type Way = readonly [object: string, path: string, value: unknown, said: string];

/**
 * Tests that each policy notices each way to break it, one field of the real manifests at a time, because a policy that
 * cannot fail is worthless. In an overlay (`folder`) only some need a test of their own.
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
