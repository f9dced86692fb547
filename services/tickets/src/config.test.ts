import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeConfig } from '@ticketing/common';
import { ticketsConfig } from './config';

test("the README's table has a row for every variable of tickets", () => {
  const readme = readFileSync(join(__dirname, '../../../README.md'), 'utf8');
  for (const { name, description } of describeConfig(ticketsConfig)) {
    expect(readme).toMatch(new RegExp(`^\\| \`${name}\` \\| .+ \\| ${description.replace(/[()]/g, '\\$&')} \\|$`, 'm'));
  }
});
