import type { AsyncApiDocument, JsonSchema } from './asyncapi';

/**
 * The changes that break pods of the previous version, one line each. During an upgrade old and new pods publish to
 * each other. So an existing field must stay as it is, and a new one must be optional; texts for readers may change.
 */
export function breakingChanges(before: AsyncApiDocument, now: AsyncApiDocument): string[] {
  return Object.entries(before.components.messages).flatMap(([key, { name, payload }]) => {
    const message = now.components.messages[key];
    return message ? changesOf(name, payload, message.payload) : [`${name}: the event was removed`];
  });
}

/** What to do about a breaking change. */
export const HOW_TO_EVOLVE = [
  'Pods of both versions run side by side during an upgrade, and events of both lie in the channels.',
  '- Need more? Add an optional field; consumers do without it where it is absent.',
  '- Need another meaning, type or shape? Add a field with another name beside the old one, and fill both. When no pod reads',
  '  the old one any more, stop reading it; it stays in the contract.',
  '- Need another event? Add a subject; the old one is published until nobody consumes it.',
].join('\n');

function changesOf(path: string, before: JsonSchema, now: JsonSchema): string[] {
  const [fields, nowFields] = [before.properties ?? {}, now.properties ?? {}];
  const [required, nowRequired] = [new Set(before.required), new Set(now.required)];
  const [was, is] = [keywords(before), keywords(now)];
  const own = was === is ? [] : [`${path}: was ${was}, is ${is}`];
  const kept = Object.entries(fields).flatMap(([name, schema]) => {
    const field = `${path}.${name}`;
    const nowSchema = nowFields[name];
    if (!nowSchema) return [`${field}: was removed`];
    const [need, nowNeed] = [required, nowRequired].map((names) => (names.has(name) ? 'required' : 'optional'));
    const changed = need === nowNeed ? [] : [`${field}: was ${need}, is ${nowNeed}`];
    return [...changesOf(field, schema, nowSchema), ...changed];
  });
  const added = Object.keys(nowFields).filter((name) => !(name in fields) && nowRequired.has(name));
  return [...own, ...kept, ...added.map((name) => `${path}.${name}: is new, and required`)];
}

/** What a schema demands of a value itself, without its fields and without texts for readers. */
function keywords(schema: JsonSchema): string {
  return JSON.stringify({ ...schema, properties: undefined, required: undefined, description: undefined });
}
