import { formatTraceparent, parseTraceparent } from './traceparent';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

test.each([
  [`00-${traceId}-${spanId}-01`, 1],
  [`00-${traceId}-${spanId}-00`, 0],
  [`00-${traceId}-${spanId}-03`, 1],
  [`01-${traceId}-${spanId}-01-what-a-later-version-adds`, 1],
])('%s is read', (text, traceFlags) => {
  expect(parseTraceparent(text)).toEqual({ traceId, spanId, traceFlags });
});

test.each([
  undefined,
  null,
  7,
  [`00-${traceId}-${spanId}-01`],
  '',
  'nonsense',
  `00-${traceId}-${spanId}`,
  `00-${traceId.toUpperCase()}-${spanId}-01`,
  `00-${'0'.repeat(32)}-${spanId}-01`,
  `00-${traceId}-${'0'.repeat(16)}-01`,
  `00-${traceId}-${spanId}-01-more`,
  `ff-${traceId}-${spanId}-01`,
  ` 00-${traceId}-${spanId}-01`,
  `00-${traceId}-${spanId}-01\n`,
])('%p is none', (value) => {
  expect(parseTraceparent(value)).toBeUndefined();
});

test('what is written is read as the same place', () => {
  for (const traceFlags of [0, 1]) {
    const place = { traceId, spanId, traceFlags };
    expect(parseTraceparent(formatTraceparent(place))).toEqual(place);
  }
});
