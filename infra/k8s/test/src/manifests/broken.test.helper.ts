import { nameOf, type KubernetesObject, type Objects } from './objects';

/**
 * The same objects with one field changed: of the object of this name (`Deployment tickets`), at this path
 * (`spec/template/...`, where a `+` is a slash of a key). Undefined takes the field away, and with an empty path the object.
 * @throws Error when there is no such object, or the path leads nowhere
 */
export function broken(objects: Objects, name: string, path: string, value: unknown): Objects {
  const copy = JSON.parse(JSON.stringify(objects)) as Objects;
  const object = copy.find((one) => nameOf(one) === name);
  if (!object) throw new Error(`there is no ${name}`);
  if (path === '') return copy.filter((one) => one !== object);
  const keys = path.split('/').map((key) => key.replace('+', '/'));
  const last = keys.pop() ?? '';
  const holder = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], object);
  (holder as Record<string, unknown>)[last] = value;
  return JSON.parse(JSON.stringify(copy)) as Objects; // without what is undefined
}

/** The object of this name. @throws Error when there is none */
export function objectOf(objects: Objects, name: string): KubernetesObject {
  const object = objects.find((one) => nameOf(one) === name);
  if (!object) throw new Error(`there is no ${name}`);
  return object;
}
