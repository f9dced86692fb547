/**
 * The address of one database on a server: `mongodb://host:1` and "shop" give `mongodb://host:1/shop`. A database
 * name in the server's address is replaced. The database in which a user is looked up stays the same: the one that the
 * address named, else `admin` (https://www.mongodb.com/docs/manual/reference/connection-string-options/, authSource).
 */
export function databaseUrl(serverUrl: string, database: string): string {
  const parts = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(serverUrl);
  if (!parts)
    throw new Error(`"${serverUrl}" is not the address of a MongoDB server; it looks like mongodb://host:27017`);
  const [, server = '', named = '', query = ''] = parts;
  const settings = new URLSearchParams(query);
  const isOfDatabase = /^(|PLAIN|SCRAM-.*)$/.test(settings.get('authMechanism') ?? '');
  if (server.includes('@') && isOfDatabase && !settings.has('authSource')) {
    const otherwise = settings.get('authMechanism') === 'PLAIN' ? '$external' : 'admin';
    settings.set('authSource', named === '' ? otherwise : named);
  }
  return `${server}/${database}${settings.size > 0 ? `?${settings.toString()}` : ''}`;
}
