import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

test('a program that it is loaded into leaves a profile with its functions when it ends', () => {
  const dir = mkdtempSync(join(tmpdir(), 'profile-this-'));
  const busy = 'const from = process.cpuUsage(); while (process.cpuUsage(from).user < 100_000);';
  const program = `function busy() { ${busy} } busy(); process.exit();`;
  const args = ['--require', join(__dirname, '../../dist/world/profile-this.js'), '--eval', program];
  execFileSync(process.execPath, args, { env: { ...process.env, PROFILE_DIR: dir, NATS_CLIENT_ID: 'tickets' } });
  const [name = ''] = readdirSync(dir);
  expect(name).toMatch(/^tickets-\d+\.cpuprofile$/);
  const { nodes } = JSON.parse(readFileSync(join(dir, name), 'utf8')) as {
    nodes: { callFrame: { functionName: string } }[];
  };
  expect(nodes.map(({ callFrame }) => callFrame.functionName)).toContain('busy');
  rmSync(dir, { recursive: true });
});
