import request from 'supertest';
import { recordTraces } from '../tracing/traces.test.helper';
import { currentTraceId } from '../tracing/tracing';
import { testApp } from './app.test.helper';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const callerSpan = 'b7ad6b7169203331';
const traceparent = `00-${traceId}-${callerSpan}-01`;

const started = () =>
  testApp((router) => {
    router.post('/things/:id', (req, res) => void res.json({ traceId: currentTraceId() ?? null, body: req.body }));
    router.get('/things/:id', () => {
      throw new Error('broken');
    });
  });

describe('on', () => {
  let spans: ReturnType<typeof recordTraces>;
  beforeEach(() => {
    spans = recordTraces();
  });
  afterEach(() => spans());

  test("a request is a span of its caller's trace, also behind its body, and its line says so", async () => {
    const { app, lines } = started();
    const { body } = await request(app).post('/things/7?token=hunter2').set({ traceparent }).send({ a: 1 });
    expect(body).toEqual({ traceId, body: { a: 1 } });
    const [span, ...more] = await spans();
    expect(more).toEqual([]);
    expect(span).toMatchObject({ name: 'POST /things/:id', traceId, parentSpanId: callerSpan, status: { code: 0 } });
    expect(span?.attributes).toEqual({
      'http.request.method': 'POST',
      'http.response.status_code': 200,
      'http.route': '/things/:id',
      'url.path': '/things/7',
      'url.scheme': 'http',
    });
    expect(lines).toMatchObject([{ msg: 'request', traceId, url: '/things/7?token=***' }]);
  });

  test('a fault of the service marks the span, and both lines have its trace', async () => {
    const { app, lines } = started();
    await request(app).get('/things/7').expect(500);
    const [span] = await spans();
    expect(span).toMatchObject({ name: 'GET /things/:id', parentSpanId: undefined, status: { code: 2 } });
    expect(lines.map((line) => line['traceId'])).toEqual([span?.traceId, span?.traceId]);
  });

  test('what no route takes is named by its method alone; probes are no spans', async () => {
    const { app } = started();
    await request(app).get('/somewhere').set({ traceparent: 'nonsense' }).expect(404);
    for (const probe of ['/healthz', '/readyz', '/metrics']) await request(app).get(probe).expect(200);
    expect((await spans()).map(({ name, status }) => [name, status.code])).toEqual([['GET', 0]]);
  });
});

describe('off', () => {
  test('lines about a request have the trace of its caller', async () => {
    const { app, lines } = started();
    await request(app).get('/things/7').set({ traceparent }).expect(500);
    expect(lines.map((line) => [line['msg'], line['traceId']])).toEqual([
      ['request failed by a fault of the service', traceId],
      ['request', traceId],
    ]);
  });

  test('without one, or with one that is malformed, they have none', async () => {
    const { app, lines } = started();
    await request(app).post('/things/7').set({ traceparent: 'nonsense' }).send({}).expect(200);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toHaveProperty('traceId');
  });
});
