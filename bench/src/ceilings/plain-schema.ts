import { Schema, type SchemaDefinition } from 'mongoose';
import { updateIfCurrentPlugin } from 'mongoose-update-if-current';

/** A schema as the plain pair has it: the version plugin, and writes as durable as those of the services. */
export function plainSchema(fields: SchemaDefinition): Schema {
  const schema = new Schema(fields, { timestamps: true });
  schema.set('versionKey', 'version');
  schema.set('writeConcern', { w: 'majority', j: true });
  schema.plugin(updateIfCurrentPlugin);
  return schema;
}
