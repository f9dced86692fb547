import { Agent, request as overHttp } from 'node:http';
import { Agent as TlsAgent, request as overTls } from 'node:https';
import { Client, type Send } from '@ticketing/e2e/client';
import { readSettings } from './settings';

/** Of the Ingress; the address of the controller may have another name, or none. */
const HOST = 'ticketing.dev';

// Kept alive, as by browsers and proxies; a rolling restart must work with that.
const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) };

/**
 * Sends to the ingress controller like a client that has its name from the DNS. `fetch` does not allow setting a Host.
 */
export const toIngress: Send = async (request) => {
  const body = await request.text();
  const { url, method } = request;
  const secure = url.startsWith('https:');
  const agent = agents[secure ? 'https:' : 'http:'];
  const headers = { ...Object.fromEntries(request.headers), Host: HOST };
  return new Promise((resolve, reject) => {
    const sent = (secure ? overTls : overHttp)(url, { method, agent, headers, servername: HOST }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      // No body, not even an empty one, goes with a 204.
      response.once('end', () => resolve(new Response(text || null, { status: response.statusCode ?? 0 })));
    });
    sent.once('error', reject);
    sent.end(body);
  });
};

/** A user of the system through its ingress. */
export function user(name: string): Client {
  return new Client(readSettings().ingressUrl, name, toIngress);
}
