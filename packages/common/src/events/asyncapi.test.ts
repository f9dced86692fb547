import { DiagnosticSeverity, Parser } from '@asyncapi/parser';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asyncApiDocument, type AsyncApiDocument } from './asyncapi';
import { breakingChanges, HOW_TO_EVOLVE } from './evolution';

const FILE = join(__dirname, '../../../../docs/api/asyncapi.json');

/**
 * With UPDATE_API_DOCS=1 the committed document is written again, unless that would break pods of the previous version.
 */
const UPDATE = process.env['UPDATE_API_DOCS'] === '1';

const now = asyncApiDocument();
const committed = () => JSON.parse(readFileSync(FILE, 'utf8')) as AsyncApiDocument;

test('no event breaks the contract that is committed', () => {
  const breaking = breakingChanges(committed(), now);
  if (breaking.length > 0) {
    throw new Error(['docs/api/asyncapi.json would be broken:', ...breaking, '', HOW_TO_EVOLVE].join('\n'));
  }
  if (UPDATE) writeFileSync(FILE, `${JSON.stringify(now, null, 2)}\n`);
});

test('the committed document is what the schemas say (UPDATE_API_DOCS=1 npx jest asyncapi writes it)', () => {
  expect(committed()).toEqual(now);
});

test('it is valid by the official parser', async () => {
  const { document, diagnostics } = await new Parser().parse(JSON.stringify(now));
  expect(diagnostics.filter(({ severity }) => DiagnosticSeverity[severity] === 'Error')).toEqual([]);
  expect(document?.channels().all()).toHaveLength(7);
});
