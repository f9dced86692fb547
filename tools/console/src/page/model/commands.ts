/** A text as one word of a shell. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

interface Known {
  readonly id?: unknown;
  readonly title?: unknown;
  readonly price?: unknown;
  readonly ticket?: { readonly id?: unknown };
}

/** Publishes this message again, by the tool of the course. */
export function asPublish(subject: string, payload: string): string {
  return `npm run nats:publish -- ${subject} ${quoted(payload)}`;
}

/** The call to the API that leads to such an event; undefined where none does. */
export function asCurl(subject: string, payload: string, origin: string): string | undefined {
  let event: Known;
  try {
    event = JSON.parse(payload) as Known;
  } catch {
    return undefined;
  }
  const { id, title, price, ticket } = event;
  const call = (method: string, path: string, body?: object) =>
    [
      `curl -X ${method} ${quoted(origin + path)} -H "Authorization: Bearer $TOKEN"`,
      ...(body ? [`-H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`] : []),
    ].join(' ');
  if (subject === 'ticket:created') return call('POST', '/api/tickets', { title, price });
  if (subject === 'ticket:updated') return call('PUT', `/api/tickets/${String(id)}`, { title, price });
  if (subject === 'order:created') return call('POST', '/api/orders', { ticketId: ticket?.id });
  if (subject === 'order:cancelled') return call('DELETE', `/api/orders/${String(id)}`);
  return undefined;
}

/** JSON for people; any other text unchanged. */
export function pretty(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
