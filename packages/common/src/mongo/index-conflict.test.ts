import { mongo } from 'mongoose';
import { StartError } from '../errors/start-error';
import { makeIndexes } from './index-conflict';

const serverError = (code: number) => new mongo.MongoServerError({ message: 'index with name at_1 differs', code });
const failing = (error: Error) => makeIndexes(() => Promise.reject(error)).catch((failure: unknown) => failure);

test.each([85, 86])('an index with other options (%i) ends the start with what to do', async (code) => {
  const failure = await failing(serverError(code));
  expect(failure).toBeInstanceOf(StartError);
  expect((failure as Error).message).toMatch(/index with name at_1 differs\. Drop .*docs\/operations\.md/);
});

test('any other failure stays what it is', async () => {
  const error = serverError(91);
  expect(await failing(error)).toBe(error);
  expect(await makeIndexes(() => Promise.resolve(7))).toBe(7);
});
