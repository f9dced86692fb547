import { Agent, request as overHttp } from 'node:http';
import { Agent as TlsAgent, request as overTls } from 'node:https';
import { Client, type Send } from '@ticketing/e2e/client';
import { readSettings } from './settings';

/** Of the Ingress; the address of the controller may have another name, or none. */
const HOST = 'ticketing.dev';

// Kept alive, as browsers and proxies do: a rolling restart has to bear that.
const agents = { 'http:': new Agent({ keepAlive: true }), 'https:': new TlsAgent({ keepAlive: true }) };

/** Sends to the ingress controller as one who has its name from the DNS would. `fetch` lets nobody set a Host. */
export const toIngress: Send = (url, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const secure = url.startsWith('https:');
    const agent = agents[secure ? 'https:' : 'http:'];
    const options = { method, agent, headers: { ...headers, Host: HOST }, servername: HOST };
    const sent = (secure ? overTls : overHttp)(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.once('error', reject);
    sent.end(body);
  });

/** Somebody who uses the system by its ingress. */
export function user(name: string): Client {
  return new Client(readSettings().ingressUrl, name, toIngress);
}
