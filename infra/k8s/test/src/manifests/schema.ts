import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { goModule } from '@ticketing/servers';
import { parse } from 'yaml';

/** A schema as Kubernetes publishes it: the part of OpenAPI 3 that it uses. */
export interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly type?: string;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: boolean | Schema;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[];
}

/** The schema of an object, and where its references lead. */
export interface Found {
  readonly schema: Schema;
  /** By the name after the last `/` of a reference. */
  readonly definitions: Readonly<Record<string, Schema>>;
}

/** Finds the schema of an object. @throws Error when there is none: no such kind, or not in this version */
export type FindSchema = (apiVersion: string, kind: string) => Found;

/**
 * The oldest that `infra/k8s` is for: what the stable API of one minor version takes, all later ones take. Only the files that
 * describe the API are used; nothing is built.
 */
const KUBERNETES = 'k8s.io/kubernetes@v1.29.14';
const GATEWAY_API = 'sigs.k8s.io/gateway-api@v1.2.1';

/** Gets the published schemas, the first time from the network. */
export async function publishedSchemas(env: NodeJS.ProcessEnv = process.env): Promise<FindSchema> {
  const [kubernetes, gatewayApi] = await Promise.all([goModule(KUBERNETES, env), goModule(GATEWAY_API, env)]);
  const core = coreSchemas(join(kubernetes, 'api', 'openapi-spec', 'v3'));
  const custom = customSchemas(join(gatewayApi, 'config', 'crd', 'standard'), core('v1', 'Pod'));
  return (apiVersion, kind) => custom.get(`${apiVersion} ${kind}`) ?? core(apiVersion, kind);
}

function coreSchemas(folder: string): FindSchema {
  const read = new Map<string, Found['definitions']>();
  return (apiVersion, kind) => {
    const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
    const file = join(folder, `${group === '' ? 'api' : `apis__${group}`}__${version}_openapi.json`);
    if (!existsSync(file)) throw new Error(`${KUBERNETES} has no ${apiVersion}`);
    const definitions = read.get(file) ?? definitionsOf(file);
    read.set(file, definitions);
    const schema = Object.values(definitions).find((one) =>
      one['x-kubernetes-group-version-kind']?.some(
        (its) => its.kind === kind && its.group === group && its.version === version,
      ),
    );
    if (!schema) throw new Error(`${KUBERNETES} has no ${kind} in ${apiVersion}`);
    return { schema, definitions };
  };
}

function definitionsOf(file: string): Found['definitions'] {
  const { components } = JSON.parse(readFileSync(file, 'utf8')) as { components: { schemas: Record<string, Schema> } };
  return components.schemas;
}

interface CustomResourceDefinition {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** By `group/version Kind`. What a definition leaves open, the metadata, is that of any other object. */
function customSchemas(folder: string, { definitions }: Found): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  for (const file of readdirSync(folder)) {
    const { kind, spec } = parse(readFileSync(join(folder, file), 'utf8')) as CustomResourceDefinition;
    if (kind !== 'CustomResourceDefinition') continue;
    for (const { name, schema } of spec.versions) {
      const metadata = { $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta' };
      const whole = { ...schema.openAPIV3Schema, properties: { ...schema.openAPIV3Schema.properties, metadata } };
      found.set(`${spec.group}/${name} ${spec.names.kind}`, { schema: whole, definitions });
    }
  }
  return found;
}
