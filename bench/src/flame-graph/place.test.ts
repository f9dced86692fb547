import { placeOf } from './place';

const at = (url: string, functionName = 'f') => placeOf({ functionName, url, lineNumber: 9 });

test.each([
  [
    'file:///home/me/ticketing/packages/common/dist/outbox/relay.js',
    'our code',
    'f packages/common/dist/outbox/relay.js:10',
  ],
  ['/home/me/services/tickets/dist/app.js', 'our code', 'f services/tickets/dist/app.js:10'],
  ['/home/tools/ticketing/bench/dist/load/post.js', 'other code', 'f bench/dist/load/post.js:10'],
  ['/a/node_modules/mongoose/lib/model.js', 'mongoose', 'f mongoose/lib/model.js:10'],
  ['/a/node_modules/mongoose/node_modules/mongodb/lib/sdam.js', 'mongodb driver, bson', 'f mongodb/lib/sdam.js:10'],
  ['/a/node_modules/router/lib/layer.js', 'express, router', 'f router/lib/layer.js:10'],
  ['/a/node_modules/node-nats-streaming/lib/stan.js', 'nats clients', 'f node-nats-streaming/lib/stan.js:10'],
  ['/a/node_modules/@scope/thing/index.js', 'other packages', 'f @scope/thing/index.js:10'],
  ['C:\\Users\\me\\x.js', 'other code', 'f x.js:10'],
  ['node:net', 'node internals', 'f node:net:10'],
  ['', 'node internals', 'f'],
])('%s is %s', (url, kind, label) => expect(at(url)).toEqual({ kind, label }));

test('what V8 does itself has a name in brackets', () => {
  expect(at('', '(garbage collector)')).toEqual({ kind: 'garbage collector', label: '(garbage collector)' });
  expect(at('', '(program)')).toEqual({ kind: 'program', label: '(program)' });
  expect(at('', '')).toEqual({ kind: 'node internals', label: '(anonymous)' });
});
