import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A span as it was received, with the names of OTLP. */
export interface ReceivedSpan {
  /** `service.name` of who sent it. */
  readonly service: string;
  readonly name: string;
  /** 2 server, 4 producer, 5 consumer: the numbers of OTLP. */
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: { readonly code?: number; readonly message?: string };
}

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** What came as JSON, in the order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** What came as protobuf, as it is. */
  readonly binary: readonly Buffer[];
  close(): Promise<void>;
}

type Attributes = readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
type SentSpan = Omit<ReceivedSpan, 'attributes' | 'service' | 'parentSpanId'> & {
  readonly parentSpanId?: string;
  readonly attributes: Attributes;
};
interface Sent {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: Attributes };
    readonly scopeSpans: readonly { readonly spans: readonly SentSpan[] }[];
  }[];
}

/** A receiver of traces by OTLP over HTTP, for tests. @param port 0: any free one */
export async function startOtlpReceiver(port = 0): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const binary: Buffer[] = [];
  const server = createServer((req, res) => {
    void bodyOf(req).then((body) => {
      const isJson = req.headers['content-type'] === 'application/json';
      if (req.method !== 'POST' || req.url !== '/v1/traces') res.statusCode = 404;
      else if (isJson) spans.push(...spansOf(JSON.parse(body.toString('utf8')) as Sent));
      else binary.push(body);
      res.setHeader('Content-Type', isJson ? 'application/json' : 'application/x-protobuf');
      res.end(isJson ? '{}' : '');
    });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    binary,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  return req.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
}

function spansOf({ resourceSpans }: Sent): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plain(resource.attributes)['service.name']);
    const sent = scopeSpans.flatMap(({ spans }) => spans);
    return sent.map((span) => ({
      ...span,
      service,
      parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
      attributes: plain(span.attributes),
    }));
  });
}

/** Each value without its type's name. */
function plain(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
