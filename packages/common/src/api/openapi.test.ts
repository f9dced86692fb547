import { createConfig, lintFromString } from '@redocly/openapi-core';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from './openapi';
import { operations } from './operations';

const FILE = join(__dirname, '../../../../docs/api/openapi.json');

/** With UPDATE_API_DOCS=1 the committed document is written again. */
const UPDATE = process.env['UPDATE_API_DOCS'] === '1';

const now = `${JSON.stringify(openApiDocument(), null, 2)}\n`;
if (UPDATE) writeFileSync(FILE, now);

test('the committed document is what the contracts say (UPDATE_API_DOCS=1 npx jest openapi writes it)', () => {
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(JSON.parse(now));
});

/** The problems that Redocly's parser (of `redocly lint`) finds in a document. */
async function problemsOf(document: string): Promise<string[]> {
  const config = await createConfig({
    rules: {
      struct: 'error',
      'no-unresolved-refs': 'error',
      'no-invalid-media-type-examples': 'error',
      'no-invalid-parameter-examples': 'error',
      'no-identical-paths': 'error',
      'no-unused-components': 'error',
      'operation-operationId': 'error',
      'operation-operationId-unique': 'error',
      'operation-parameters-unique': 'error',
      'path-parameters-defined': 'error',
      'security-defined': 'error',
    },
  });
  return (await lintFromString({ source: document, config })).map(({ ruleId, message }) => `${ruleId}: ${message}`);
}

test('it is valid by a well-known parser, and the examples fit their schemas', async () => {
  expect(await problemsOf(now)).toEqual([]);
});

test.each([
  ['a word that OpenAPI does not know', '"operationId"', '"operationID"', 'struct'],
  ['a schema that is not there', '"Order": {', '"Ordered": {', 'no-unresolved-refs'],
  ['an example that its schema refuses', '"price": 20', '"price": "20"', 'no-invalid-media-type-examples'],
  ['the id of another operation', '"showTicket"', '"listTickets"', 'operation-operationId-unique'],
])('the parser sees %s', async (_what, text, replacement, rule) => {
  expect(await problemsOf(now.replace(text, replacement))).toContainEqual(expect.stringContaining(rule));
});

test('every operation documents its bad requests, its faults, and its callers', () => {
  for (const { id, method, path, signedIn, body } of operations) {
    const { responses, security } = openApiDocument().paths[path.replace(':id', '{id}')]?.[method] as {
      responses: object;
      security: object[];
    };
    const wanted = ['400', ...(signedIn ? ['401'] : []), ...(body ? ['413', '415'] : []), '503', 'default'];
    expect([id, ...Object.keys(responses)]).toEqual(expect.arrayContaining([id, ...wanted]));
    expect([id, security.length]).toEqual([id, signedIn ? 2 : 0]);
  }
});
