import { operatorsOf, type Query } from './wire-commands';

/** An index as `listIndexes` tells of it. */
export interface Index {
  /** Field -> 1 or -1, in the order of the index. */
  readonly key: Readonly<Record<string, number>>;
  readonly unique?: boolean;
}

const RANGES = ['$lt', '$lte', '$gt', '$gte'];

/**
 * Whether MongoDB finds what the query asks for by this index without looking at much else and without sorting: fields that
 * must be equal first, then the sort, then the ranges. Other conditions ($nin, $not, $or, and $in but on a unique key) only
 * filter what was found. A
 * sort without a filter is served by an index in its order. Knows neither partial nor multikey indexes. Pure.
 */
export function servesQuery(index: Index, { filter, sort }: Query): boolean {
  const keys = Object.entries(index.key);
  const fields = Object.entries(filter).filter(([field]) => !field.startsWith('$'));
  const equal = new Set(fields.filter(([, value]) => isEquality(value)).map(([field]) => field));
  const ranges = fields
    .filter(([, value]) => operatorsOf(value).some((operator) => RANGES.includes(operator)))
    .map(([field]) => field);

  const isOne = index.unique === true && keys.every(([field]) => equal.has(field));
  if (isOne) return true; // at most one document is there, whatever else is asked of it
  const among = fields.filter(([, value]) => operatorsOf(value).includes('$in')).map(([field]) => field);
  const isFew = index.unique === true && keys.length === 1 && among.includes(keys[0]?.[0] ?? '');
  if (isFew && Object.keys(sort).length === 0) return true; // one document for each that is named

  const prefix = keys.slice(0, equal.size);
  if (prefix.length < equal.size || !prefix.every(([field]) => equal.has(field))) return false;
  const after = keys.slice(equal.size);
  if (!ranges.every((range) => after.some(([field]) => field === range))) return false;

  const wanted = Object.entries(sort).filter(([field]) => !equal.has(field));
  if (wanted.length > 0) return isInOrder(after, wanted as [string, number][]);
  if (ranges.length > 0) return ranges.includes(after[0]?.[0] ?? '');
  return equal.size > 0;
}

function isEquality(value: unknown): boolean {
  const operators = operatorsOf(value);
  return operators.length === 0 || operators.includes('$eq');
}

/** Read forwards or backwards, the keys are in the wanted order. */
function isInOrder(keys: readonly [string, number][], wanted: readonly [string, number][]): boolean {
  return [1, -1].some((way) =>
    wanted.every(([field, direction], n) => keys[n]?.[0] === field && keys[n]?.[1] === way * direction),
  );
}
