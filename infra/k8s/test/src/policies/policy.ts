import { type Container, containers, type Objects } from '../manifests/objects';

/** One rule of `infra/k8s`: what breaks it, in the words of a message that names the object; empty where it is kept. */
export type Policy = (objects: Objects) => readonly string[];

/** The problems of every thing in a list: what `wrong` says of it, after what it is called. */
export function each<T>(
  things: readonly T[],
  name: (thing: T) => string,
  wrong: (thing: T) => string | undefined | readonly string[],
): readonly string[] {
  return things.flatMap((thing) => [wrong(thing) ?? []].flat().map((problem) => `${name(thing)} ${problem}`));
}

/** The policy whose problems are those of every container of every pod. */
export function ofContainers(wrong: (container: Container) => string | undefined | readonly string[]): Policy {
  return (objects) =>
    each(
      containers(objects),
      ({ of }) => of,
      ({ container }) => wrong(container),
    );
}
