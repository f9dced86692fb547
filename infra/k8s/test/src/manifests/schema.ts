import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goModule } from '@ticketing/servers';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { parse } from 'yaml';
import type { KubernetesObject } from './objects';
import { closed, type Schema, withWords } from './strict';

/**
 * Finds what checks the objects of one kind by its published schema. Stricter than the schema: a field that it does not name is an
 * error, as for `kubectl apply --validate=strict`. Rules across fields (those in CEL, and what only the API server's code checks)
 * are not looked at.
 * @throws Error when there is none: no such kind, or not in this version
 */
export type FindSchema = (apiVersion: string, kind: string) => ValidateFunction;

/**
 * The oldest that `infra/k8s` is for: what the stable API of one minor version takes, all later ones take. Only the files that
 * describe the API are used; nothing is built.
 */
const KUBERNETES = 'k8s.io/kubernetes@v1.29.14';
const GATEWAY_API = 'sigs.k8s.io/gateway-api@v1.2.1';

/** Keywords of Kubernetes that say nothing about what is valid here; an unknown one is refused by ajv. */
const KEYWORDS = [
  ...['group-version-kind', 'list-map-keys', 'list-type', 'map-type', 'patch-merge-key', 'patch-strategy', 'unions'],
  ...['validations', 'int-or-string', 'preserve-unknown-fields', 'embedded-resource'],
].map((name) => `x-kubernetes-${name}`);

/** Gets the published schemas, the first time from the network. */
export async function publishedSchemas(env: NodeJS.ProcessEnv = process.env): Promise<FindSchema> {
  const [kubernetes, gatewayApi] = await Promise.all([goModule(KUBERNETES, env), goModule(GATEWAY_API, env)]);
  const ajv = new Ajv({ allErrors: true, strictTypes: false, validateFormats: false });
  ajv.addVocabulary(['components', ...KEYWORDS]);
  const core = coreSchemas(ajv, join(kubernetes, 'api', 'openapi-spec', 'v3'));
  core('v1', 'Pod'); // a definition of a custom resource refers to it for the metadata
  const custom = customSchemas(ajv, join(gatewayApi, 'config', 'crd', 'standard'));
  return (apiVersion, kind) => custom(apiVersion, kind) ?? core(apiVersion, kind);
}

/** Everything in which an object is not what its schema says, as `/path/to/field: what is wrong`. */
export function schemaErrors(object: KubernetesObject, find: FindSchema): readonly string[] {
  const validate = find(object.apiVersion, object.kind);
  validate(object);
  return (validate.errors ?? []).map(inWords);
}

function inWords({ instancePath, message, params }: ErrorObject): string {
  const facts = Object.values(params as Record<string, unknown>).flat();
  return `${instancePath || 'the object'}: ${message ?? 'is wrong'} (${facts.join(', ')})`;
}

function coreSchemas(ajv: Ajv, folder: string): FindSchema {
  const kinds = new Map<string, string>();
  const read = (apiVersion: string): void => {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const file = join(folder, `${group === '' ? 'api' : `apis__${group}`}__${version}_openapi.json`);
    if (!existsSync(file)) throw new Error(`${KUBERNETES} has no ${apiVersion}`);
    const document = JSON.parse(readFileSync(file, 'utf8'), closed) as {
      components: { schemas: Record<string, Schema> };
    };
    const { schemas } = document.components;
    for (const [name, schema] of Object.entries(schemas)) {
      for (const its of schema['x-kubernetes-group-version-kind'] ?? []) {
        if (its.group === group && its.version === version) kinds.set(`${apiVersion} ${its.kind}`, name);
      }
    }
    ajv.addSchema({ components: { schemas: withWords(schemas) } }, `core:${apiVersion}`);
  };
  return (apiVersion, kind) => {
    if (!kinds.has(`${apiVersion} ${kind}`) && !ajv.schemas[`core:${apiVersion}`]) read(apiVersion);
    const name = kinds.get(`${apiVersion} ${kind}`);
    const validate = name && ajv.getSchema(`core:${apiVersion}#/components/schemas/${name}`);
    if (!validate) throw new Error(`${KUBERNETES} has no ${kind} in ${apiVersion}`);
    return validate;
  };
}

interface CustomResourceDefinition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

const METADATA = { $ref: 'core:v1#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };

/** What a definition leaves open, the metadata, is that of any other object. */
function customSchemas(ajv: Ajv, folder: string): (...its: Parameters<FindSchema>) => ValidateFunction | undefined {
  for (const file of readdirSync(folder)) {
    const { kind, spec } = parse(readFileSync(join(folder, file), 'utf8'), closed) as CustomResourceDefinition;
    if (kind !== 'CustomResourceDefinition') continue;
    for (const { name, schema } of spec.versions) {
      const properties = { ...schema.openAPIV3Schema.properties, metadata: METADATA };
      ajv.addSchema({ ...schema.openAPIV3Schema, properties }, `custom:${spec.group}/${name}/${spec.names.kind}`);
    }
  }
  return (apiVersion, kind) => ajv.getSchema(`custom:${apiVersion}/${kind}`);
}
