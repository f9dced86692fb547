import jwt from 'jsonwebtoken';

/** What an attacker puts where a text, a number or an id belongs: operators of MongoDB, the prototype, other shapes; as JSON. */
export const HOSTILE_VALUES = [
  '{"$gt":""}',
  '{"$ne":null}',
  '{"$in":[1]}',
  '{"$regex":".*"}',
  '{"$where":"1"}',
  '{"$where":"sleep(10000)"}',
  '{"$expr":{"$eq":[1,1]}}',
  '{"$function":{"body":"return 1","args":[],"lang":"js"}}',
  '{"$set":{"price":1}}',
  '{"__proto__":{"polluted":1}}',
  '{"constructor":{"prototype":{"polluted":1}}}',
  '{"toString":null}',
  '{"length":1}',
  '[]',
  '[""]',
  '["a","b"]',
  '[{"$gt":""}]',
  '[[]]',
  '{}',
  'null',
  'true',
] as const;

/** Names that an attacker adds to a body; each with a value, as JSON. */
export const HOSTILE_FIELDS = [
  '"$gt":""',
  '"$where":"1"',
  '"$set":{"price":1}',
  '"__proto__":{"polluted":1}',
  '"constructor":{"prototype":{"polluted":1}}',
  '"_id":"aaaaaaaaaaaaaaaaaaaaaaaa"',
  '"id":"aaaaaaaaaaaaaaaaaaaaaaaa"',
  '"version":7',
  '"userId":"mallory"',
  '"outbox":[]',
  '"outbox.0":{}',
  '"reservation":{"number":9,"state":"held"}',
  '"reservation.state":"held"',
  '"status":"complete"',
] as const;

/** What an attacker writes for an id in a path; not one is 24 hex digits. */
export const HOSTILE_IDS = [
  ...[
    '{"$gt":""}',
    '{"$ne":null}',
    '[object Object]',
    '$where',
    '__proto__',
    'constructor',
    '..',
    '*',
    '1;1',
    "' or 1=1",
    '\0',
    '\n',
  ],
  ...[
    '[$ne]=',
    '?id[$ne]=',
    'aaaaaaaaaaaaaaaaaaaaaaaa,bbbbbbbbbbbbbbbbbbbbbbbb',
    'aaaaaaaaaaaa',
    'ａaaaaaaaaaaaaaaaaaaaaaaa',
  ],
].map((id) => encodeURIComponent(id).replaceAll('.', '%2E'));

/** Queries of a list that it must not interpret. */
export const HOSTILE_QUERIES = [
  ...[
    'limit[$gt]=1',
    'cursor[$ne]=x',
    'limit[]=1',
    'cursor[]=aaaaaaaaaaaaaaaaaaaaaaaa',
    '$where=1',
    'userId[$ne]=x',
    '__proto__[limit]=1',
  ],
  ...[
    'limit={"$gt":1}',
    'cursor={"$ne":null}',
    'limit=1&limit=2',
    'cursor=a&cursor=b',
    'cursor=__proto__',
    'limit=__proto__',
    'limit=1e2',
    'cursor=%00',
  ],
];

/** Tags for If-Match that name no version. */
export const HOSTILE_TAGS = [
  '{"$gt":""}',
  '"{\\"$gt\\":0}"',
  '[object Object]',
  '__proto__',
  '"__proto__"',
  '"1","1',
  '"0\'',
  '$ne',
  '0',
  '-1',
  '""',
];

/** Headers that put an operator where a token or the id in a token belongs; the tokens are signed by the key. */
export function hostileCredentials(key: string): Record<string, string>[] {
  const email = 'alice@example.com';
  const cookie = (session: unknown) => ({
    Cookie: `session=${Buffer.from(JSON.stringify(session)).toString('base64')}`,
  });
  const ids: unknown[] = [{ $gt: '' }, { $ne: null }, ['alice'], [], null, true, { toString: 'alice' }];
  const tokens = ids.map((id) => jwt.sign({ id, email }, key));
  return [
    ...tokens.flatMap((token) => [{ Authorization: `Bearer ${token}` }, cookie({ jwt: token })]),
    ...HOSTILE_VALUES.map((value) => ({ Authorization: `Bearer ${value}` })),
    ...HOSTILE_VALUES.map((value) => cookie({ jwt: JSON.parse(value) as unknown })),
    ...HOSTILE_VALUES.map((value) => cookie(JSON.parse(value))),
  ];
}

interface Answer {
  readonly status: number;
  readonly body: { readonly errors?: readonly { readonly message: string }[] };
}

/** The inputs that are not answered by the status and an error that says something, with what they are answered by. */
export async function answeredOtherwise(
  status: number,
  inputs: readonly string[],
  call: (input: string) => PromiseLike<Answer>,
): Promise<[string, Answer][]> {
  const others: [string, Answer][] = [];
  for (const input of inputs) {
    const { status: answered, body } = await call(input);
    const says = (body.errors ?? []).every(({ message }) => /\w/.test(message)) && body.errors?.length;
    if (answered !== status || !says) others.push([input, { status: answered, body }]);
  }
  return others;
}
