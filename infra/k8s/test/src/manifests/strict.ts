import { ENUMERATIONS } from './enumerations';

/** A schema as Kubernetes publishes it, as far as it is looked into here; ajv reads the rest. */
export interface Schema {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

/** As the API server reads it; the published schema says only that it is a string or a number. */
const QUANTITY = {
  type: ['string', 'number'],
  pattern: '^[+-]?(\\d+|\\d+\\.\\d*|\\.\\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\\d+)?$',
};

/** A reviver of JSON and YAML: an object that names its fields takes no others. One that names none may hold anything. */
export function closed(_key: unknown, value: unknown): unknown {
  const schema = value as Schema | null;
  const names = schema?.type === 'object' && schema.properties && schema.additionalProperties === undefined;
  return names ? { ...schema, additionalProperties: false } : value;
}

/**
 * The definitions by their full names, with what the published ones do not say: quantities, and fields that take a few words.
 * @throws Error when a definition lacks a field that `ENUMERATIONS` names
 */
export function withWords(definitions: Readonly<Record<string, Schema>>): Record<string, unknown> {
  const strict = Object.entries(definitions).map(([name, schema]): [string, unknown] => {
    const short = name.slice(name.lastIndexOf('.') + 1);
    if (short === 'Quantity') return [name, QUANTITY];
    const words = Object.entries(ENUMERATIONS[short] ?? {}).map(([field, its]): [string, unknown] => {
      const declared = schema.properties?.[field];
      if (!declared) throw new Error(`${name} has no ${field}`);
      const { items } = declared;
      return [field, { ...declared, ...(items ? { items: { ...items, enum: its } } : { enum: its }) }];
    });
    return [
      name,
      words.length === 0 ? schema : { ...schema, properties: { ...schema.properties, ...Object.fromEntries(words) } },
    ];
  });
  return Object.fromEntries(strict);
}
