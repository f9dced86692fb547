import { isDeepStrictEqual } from 'node:util';

/** Names each field in which two states differ, with both sides; undefined when they are the same. */
export function differenceOf(has: object, wanted: object): string | undefined {
  const one = Object.entries(has);
  const names = new Set([...one.map(([name]) => name), ...Object.keys(wanted)]);
  const differing = [...names].flatMap((name) => {
    const [left, right] = [valueOf(has, name), valueOf(wanted, name)];
    return isDeepStrictEqual(left, right) ? [] : [`${name} ${textOf(left)}, not ${textOf(right)}`];
  });
  return differing.length > 0 ? differing.join('; ') : undefined;
}

function valueOf(state: object, name: string): unknown {
  return (state as Record<string, unknown>)[name];
}

function textOf(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value);
}
