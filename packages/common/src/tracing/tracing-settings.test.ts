import { tracingSettings } from './tracing-settings';

const at = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://localhost:4318' };

test.each([
  ['nothing is set', {}],
  ['only names are set', { OTEL_SERVICE_NAME: 'x', OTEL_RESOURCE_ATTRIBUTES: 'a=b', OTEL_TRACES_SAMPLER: 'always_on' }],
  ['everything is empty', { OTEL_TRACES_EXPORTER: '', OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
  ['the exporter is none', { ...at, OTEL_TRACES_EXPORTER: 'none' }],
  ['the SDK is disabled, whatever else is wrong', { ...at, OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'zipkin' }],
])('off when %s', (_, env) => {
  expect(tracingSettings(env)).toBeUndefined();
});

test.each([
  ['an address', at, 'http/protobuf'],
  ['an address of traces', { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://traces.example/in' }, 'http/protobuf'],
  ['the exporter', { OTEL_TRACES_EXPORTER: 'otlp' }, 'http/protobuf'],
  ['an address, and not disabled', { ...at, OTEL_SDK_DISABLED: 'false' }, 'http/protobuf'],
  ['an address, as JSON', { ...at, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json' }, 'http/json'],
  [
    'an address, with a protocol for traces over the general one',
    { ...at, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf', OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json' },
    'http/json',
  ],
])('on by %s', (_, env, protocol) => {
  expect(tracingSettings(env)).toEqual({ protocol });
});

test('unsupported values are refused, all at once, and no value is repeated', () => {
  const env = {
    OTEL_TRACES_EXPORTER: 'zipkin',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'user:hunter2@collector:4317',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  };
  expect(() => tracingSettings(env)).toThrow(
    [
      'the configuration is wrong:',
      '  OTEL_TRACES_EXPORTER must be otlp or none',
      '  OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://localhost:4318',
      '  OTEL_EXPORTER_OTLP_PROTOCOL must be http/protobuf or http/json: for these two a receiver listens on port 4318, by default',
    ].join('\n'),
  );
});
