import type { Server } from 'node:http';
import { tokenVerifier } from '@ticketing/common';
import type { Engine } from '@ticketing/servers';
import type { Express } from 'express';
import { mongo } from 'mongoose';
import { type BareClient, bareClient } from '../world/bare-client';

/** The settings of a ceiling from its environment. Ceilings have no guarantees on purpose. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}

/** The database, as durable as the services write. */
export async function database(): Promise<mongo.Db> {
  const writeConcern = { w: 'majority', journal: true } as const;
  return (await new mongo.MongoClient(given('MONGO_URI'), { writeConcern }).connect()).db();
}

/** Resolves when connected. */
export function nats(id: string): Promise<BareClient> {
  const engine = given('BROKER') as Engine;
  return bareClient({ engine, url: given('NATS_URL'), clusterId: given('NATS_CLUSTER_ID'), id });
}

const verify = tokenVerifier([given('JWT_KEY')]);

/** The check of the services: the caller of a JWT in `Authorization: Bearer`. @throws when there is none */
export function callerOf(headers: { readonly authorization?: string | undefined }): string {
  const user = verify((headers.authorization ?? '').slice('Bearer '.length));
  if (!user) throw new Error('not signed in');
  return user.id;
}

/** Serves; /readyz says that everything before this call is done. SIGTERM ends it. */
export function serve(app: Express): Server {
  app.get('/readyz', (_req, res) => void res.json({}));
  process.on('SIGTERM', () => process.exit(0));
  return app.listen(Number(given('PORT')), '127.0.0.1');
}
