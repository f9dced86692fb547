import { ENUMERATIONS } from './enumerations';
import type { KubernetesObject } from './objects';
import type { FindSchema, Found, Schema } from './schema';

/** Keywords that are looked at here, or that say nothing about what is valid. Another one would be passed over: it throws. */
const KNOWN =
  /^(\$ref|allOf|anyOf|oneOf|type|format|properties|additionalProperties|required|items|enum|pattern|default|description|((min|max)(Length|Items|imum|Properties))|x-kubernetes-.*)$/;
const QUANTITY = /^[+-]?(\d+|\d+\.\d*|\.\d+)(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E|[eE][+-]?\d+)?$/;

/**
 * Everything in which an object is not what its schema says, as `path: what is wrong`. Stricter than the schema: a field that
 * it does not name is an error, as for `kubectl apply --validate=strict`, and so is a null. Rules across fields (those in CEL,
 * and what only the API server's code checks) are not looked at.
 */
export function schemaErrors(object: KubernetesObject, find: FindSchema): readonly string[] {
  const { schema, definitions } = find(object.apiVersion, object.kind);
  return new Check(definitions).errors(object, schema, '');
}

class Check {
  constructor(private readonly definitions: Found['definitions']) {}

  /** @param owner the name of the schema that has the field, and the field */
  errors(value: unknown, schema: Schema, path: string, owner?: [name: string, field: string]): readonly string[] {
    const unknown = Object.keys(schema).find((keyword) => !KNOWN.test(keyword));
    if (unknown !== undefined) throw new Error(`the schema of ${path} has the keyword ${unknown}, which is not known`);
    const error = (what: string): string[] => [`${path || 'the object'}: ${what}`];

    if (schema.$ref !== undefined) return this.#referenced(value, schema.$ref, path, owner);
    const all = (schema.allOf ?? []).flatMap((one) => this.errors(value, one, path, owner));
    for (const choice of [schema.oneOf, schema.anyOf]) {
      if (choice && !choice.some((one) => this.errors(value, one, path).length === 0))
        all.push(...error('none of its types'));
    }
    if (schema.enum && !schema.enum.includes(value)) all.push(...error(`must be one of ${schema.enum.join(', ')}`));
    const words = owner && ENUMERATIONS[owner[0]]?.[owner[1]];
    if (words && typeof value === 'string' && !words.includes(value))
      all.push(...error(`must be one of ${words.join(', ')}`));

    if (!isOfType(value, schema.type)) return [...all, ...error(`must be of type ${schema.type}`)];
    if (typeof value === 'string') all.push(...stringErrors(value, schema).flatMap(error));
    if (typeof value === 'number') all.push(...rangeErrors(value, schema.minimum, schema.maximum, '').flatMap(error));
    if (Array.isArray(value)) {
      all.push(...rangeErrors(value.length, schema.minItems, schema.maxItems, ' items').flatMap(error));
      all.push(...value.flatMap((item, n) => this.errors(item, schema.items ?? {}, `${path}[${n}]`, owner)));
    } else if (typeof value === 'object' && value !== null) {
      all.push(...this.#fields(value as Record<string, unknown>, schema, path, owner?.[0] ?? ''));
    }
    return all;
  }

  #referenced(value: unknown, ref: string, path: string, owner?: [string, string]): readonly string[] {
    const name = ref.slice(ref.lastIndexOf('/') + 1);
    const schema = this.definitions[name];
    if (!schema) throw new Error(`the schema of ${path} refers to ${ref}, which there is not`);
    const short = name.slice(name.lastIndexOf('.') + 1);
    if (short === 'Quantity' && !QUANTITY.test(String(value)))
      return [`${path}: must be a quantity such as 100m or 2Gi`];
    return this.errors(value, schema, path, schema.properties ? [short, ''] : owner);
  }

  #fields(value: Record<string, unknown>, schema: Schema, path: string, name: string): readonly string[] {
    const { properties, additionalProperties, required = [] } = schema;
    const at = (key: string) => (path === '' ? key : `${path}.${key}`);
    const missing = required.filter((key) => value[key] === undefined).map((key) => `${at(key)}: is required`);
    const wrong = Object.entries(value).flatMap(([key, field]) => {
      const its = properties?.[key] ?? additionalProperties;
      if (typeof its === 'object') return this.errors(field, its, at(key), [name, key]);
      // An object of which the schema says nothing at all may hold anything.
      return properties && its !== true ? [`${at(key)}: there is no such field`] : [];
    });
    return [...missing, ...wrong];
  }
}

function isOfType(value: unknown, type: string | undefined): boolean {
  if (value === null) return false;
  if (type === undefined) return true;
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && !Array.isArray(value);
  return typeof value === type;
}

function stringErrors(value: string, { pattern, minLength, maxLength }: Schema): readonly string[] {
  const matches = pattern === undefined || new RegExp(pattern).test(value);
  return [
    ...(matches ? [] : [`must match ${pattern}`]),
    ...rangeErrors(value.length, minLength, maxLength, ' characters'),
  ];
}

function rangeErrors(value: number, min = -Infinity, max = Infinity, unit: string): readonly string[] {
  return value < min || value > max ? [`must be from ${min} to ${max}${unit}`] : [];
}
