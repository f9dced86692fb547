import { readSettings } from './settings';

test('nothing need be set', () => {
  const settings = readSettings({});
  expect(settings).toMatchObject({
    port: 3000,
    mongoPort: undefined,
    natsPort: undefined,
    logLevel: 'info',
    tellEvents: true,
  });
  expect(settings.dataDir).toMatch(/\/\.data$/);
});

test('ports, data folder and log level can be set', () => {
  const env = { PORT: '8080', MONGO_PORT: '1', NATS_PORT: '65535', TICKETING_DATA: '/data', LOG_LEVEL: 'debug' };
  const expected = {
    port: 8080,
    mongoPort: 1,
    natsPort: 65_535,
    dataDir: '/data',
    logLevel: 'debug',
    tellEvents: false,
  };
  expect(readSettings(env)).toEqual(expected);
});

test('a NATS_URL that no client can use is refused before anything is started, and not repeated', () => {
  expect(() => readSettings({ NATS_URL: 'nats://bob:secret@a:99999' })).toThrow(
    /^NATS_URL must be an address such as [^@]*: a port must be a number from 1 to 65535$/,
  );
  expect(() => readSettings({ NATS_URL: 'nats://a,nats://b:1' })).not.toThrow();
});

test.each(['abc', '0', '65536', '-1', '3000 ', '1e3', '123456'])(
  'PORT "%s" is refused, with what it may be',
  (PORT) => {
    expect(() => readSettings({ PORT, MONGO_PORT: 'x' })).toThrow(
      `PORT is "${PORT}", but must be a port from 1 to 65535\nMONGO_PORT is "x", but must be a port from 1 to 65535`,
    );
  },
);
