import { mongo } from 'mongoose';
import { upsert } from './upsert';

/** The messages of mongod, and of two layers of a server on PostgreSQL (documentdb/documentdb). */
const DUPLICATES = [
  { errmsg: 'E11000 duplicate key error collection: a.b index: _id_ dup key: { _id: 1 }', keyPattern: { _id: 1 } },
  { errmsg: "Duplicate key violation on the requested collection: Index '_id_'" },
  { errmsg: 'Duplicate key violation on the requested collection.' },
];

test.each(DUPLICATES)(
  'it looks again, and upserts again, in whatever words a duplicate key is told: $errmsg',
  async (told) => {
    const looks: (string | undefined)[] = [undefined, 'seen'];
    let writes = 0;
    const write = () => {
      writes += 1;
      return Promise.reject(new mongo.MongoServerError({ ...told, code: 11000 }));
    };
    expect(await upsert<string>(write, () => Promise.resolve(looks.shift()))).toBe('seen');
    expect(writes).toBe(2);
  },
);

test('any other error is thrown at once, and an endless duplicate key in the end', async () => {
  let writes = 0;
  const refused = (code: number) => () => {
    writes += 1;
    return Promise.reject(new mongo.MongoServerError({ message: 'no', code }));
  };
  await expect(upsert(refused(121))).rejects.toMatchObject({ code: 121 });
  expect(writes).toBe(1);
  await expect(upsert(refused(11000))).rejects.toMatchObject({ code: 11000 });
  expect(writes).toBe(101);
}, 30_000);
