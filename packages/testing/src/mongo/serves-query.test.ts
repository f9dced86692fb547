import { type Index, servesQuery } from './serves-query';

const at = new Date();
const query = (filter: object, sort: object = {}) => ({ filter, sort });
const index = (key: Index['key'], unique = false): Index => ({ key, unique });

test.each([
  ['equality, then the sort', index({ state: 1, _id: -1 }), query({ state: 'a' }, { _id: -1 })],
  ['the sort read backwards', index({ state: 1, _id: -1 }), query({ state: 'a' }, { _id: 1 })],
  ['a range of the sorted field', index({ state: 1, _id: -1 }), query({ state: 'a', _id: { $lt: 1 } }, { _id: -1 })],
  ['equality in another order', index({ a: 1, b: 1 }), query({ b: 1, a: 1 })],
  ['equality, then a range', index({ status: 1, expiresAt: 1 }), query({ status: 'a', expiresAt: { $lte: at } })],
  ['a range alone', index({ 'outbox.at': 1 }), query({ 'outbox.at': { $lt: at }, _id: { $nin: [1] } })],
  ['a sort of a field that must be equal', index({ a: 1, b: 1 }), query({ a: 1 }, { a: -1, b: 1 })],
  ['$eq is equality', index({ a: 1 }), query({ a: { $eq: 1 } })],
  ['a sort without a filter', index({ _id: 1 }, true), query({}, { _id: 1 })],
  ['the one document of an id', index({ _id: 1 }, true), query({ _id: 1, version: 3, $or: [{ until: 1 }] })],
  ['what is left filters', index({ group: 1, at: 1 }), query({ group: 'g', subject: { $in: ['a'] } }, { at: 1 })],
])('served: %s', (_, given, asked) => expect(servesQuery(given, asked)).toBe(true));

test.each([
  ['another field', index({ b: 1 }), query({ a: 1 })],
  ['a field that must be equal is not a key', index({ a: 1 }), query({ a: 1, b: 1 })],
  [
    'the range comes before equality',
    index({ expiresAt: 1, status: 1 }),
    query({ status: 'a', expiresAt: { $lt: at } }),
  ],
  ['the range is not a key', index({ _id: 1 }, true), query({ updatedAt: { $gte: at } }, { _id: 1 })],
  [
    'the range is not in the order of the sort',
    index({ updatedAt: 1 }),
    query({ updatedAt: { $gte: at } }, { _id: 1 }),
  ],
  ['a key between equality and sort', index({ a: 1, b: 1, c: 1 }), query({ a: 1 }, { c: 1 })],
  ['directions that do not agree', index({ a: 1, b: 1 }), query({}, { a: 1, b: -1 })],
  ['a filter that excludes', index({ _id: 1 }, true), query({ _id: { $nin: [1] } })],
  ['everything, in no order', index({ _id: 1 }, true), query({})],
  ['a unique index with a key that is open', index({ a: 1, b: 1 }, true), query({ b: 1 })],
])('not served: %s', (_, given, asked) => expect(servesQuery(given, asked)).toBe(false));
