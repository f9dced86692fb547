/**
 * The address of one database on a server: `mongodb://host:1` and "orders" give `mongodb://host:1/orders`.
 * A database name in the server's address is replaced, and stays the one that a user name is looked up in.
 */
export function databaseUrl(serverUrl: string, database: string): string {
  const parts = /^(mongodb(?:\+srv)?:\/\/[^/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(serverUrl);
  if (!parts)
    throw new Error(`"${serverUrl}" is not the address of a MongoDB server; it looks like mongodb://host:27017`);
  const [, server = '', named = '', query = ''] = parts;
  const settings = new URLSearchParams(query);
  if (named !== '' && server.includes('@') && !settings.has('authSource')) settings.set('authSource', named);
  return `${server}/${database}${settings.size > 0 ? `?${settings.toString()}` : ''}`;
}
