import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { attributes, unbalancedTags } from '../tags.test.helper';
import { draw } from './draw';
import { type Profile, readProfile } from './profile';
import { stacksOf } from './stacks';
import { sharesOf, summary } from './summary';

const MAIN = join(__dirname, '../../dist/flame-graph/main.js');

/** The one that mongoose uses. */
const BSON = ['mongoose', 'mongodb', 'bson'].reduce(
  (from, name) => require.resolve(name, { paths: [from] }),
  __dirname,
);

/** Works for a while in a function that calls itself, in BSON, and waits for as long. */
const PROGRAM = `
const { serialize } = require(${JSON.stringify(BSON)});
function deeper(depth) {
  if (depth > 0) return deeper(depth - 1);
  for (let i = 0; i < 50; i++) serialize({ i, list: [1, 2, 3], text: 'x'.repeat(60) });
}
const end = Date.now() + 500;
while (Date.now() < end) deeper(4);
setTimeout(() => undefined, 500);
`;

let dir: string;
let file: string;
let profile: Profile;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'flame-graph-'));
  writeFileSync(join(dir, 'small-program.js'), PROGRAM);
  const args = ['--cpu-prof', `--cpu-prof-dir=${dir}`, '--cpu-prof-name=a.cpuprofile', join(dir, 'small-program.js')];
  await promisify(execFile)(process.execPath, args);
  file = join(dir, 'a.cpuprofile');
  profile = readProfile(file);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, [MAIN, ...args])) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test('the shares sum up, and the time in which nothing ran is left out', () => {
  const root = stacksOf(profile);
  const allMs = (profile.endTime - profile.startTime) / 1000;
  expect(profile.nodes.map(({ callFrame }) => callFrame.functionName)).toContain('(idle)');
  expect(root.totalMs).toBeGreaterThan(200);
  expect(root.totalMs).toBeLessThan(allMs - 300);
  const shares = sharesOf(root);
  expect([...shares.values()].reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(shares.get('mongodb driver, bson')).toBeGreaterThan(0.1);
  expect(`${draw(profile)}${summary(profile)}`).not.toContain('(idle)');
});

test('a frame is as wide as what it called and itself, and stands on who called it', () => {
  const picture = draw(profile);
  expect(unbalancedTags(picture)).toEqual([]);
  const frames = /<rect class="frame"[^>]*>/g;
  const [xs, widths, ys] = ['x', 'width', 'y'].map((name) => attributes(picture, frames, name)) as [
    number[],
    number[],
    number[],
  ];
  const drawn = widths.map((width, index) => ({ x: xs[index] ?? NaN, width, y: ys[index] ?? NaN }));
  const root = drawn.filter(({ y }) => y === Math.max(...ys));
  expect(root).toMatchObject([{ x: 0, width: 1200 }]);
  expect(new Set(ys).size).toBeGreaterThan(5);
  const inside = (one: (typeof drawn)[number], other: (typeof drawn)[number]) =>
    one.x >= other.x - 0.02 && one.x + one.width <= other.x + other.width + 0.02;
  for (const one of drawn) {
    const below = drawn.filter((other) => other.y === one.y + 17 && inside(one, other));
    expect(below).toHaveLength(root.includes(one) ? 0 : 1);
    const overlapping = drawn.filter(
      ({ x, width, y }) => y === one.y && x < one.x + one.width - 0.02 && one.x < x + width - 0.02,
    );
    expect(overlapping).toEqual([one]);
  }
  expect(Math.min(...widths)).toBeGreaterThanOrEqual(1200 * 0.003);
  const deeper = picture.match(/<title>deeper small-program\.js:3 [^<]*<\/title><rect class="frame"[^>]*>/g) ?? [];
  expect(new Set(attributes(deeper.join(''), frames, 'y')).size).toBeGreaterThanOrEqual(5);
});

test('has no path of this machine', () => {
  const raw = readFileSync(file, 'utf8');
  expect(raw).toContain(dir);
  for (const text of [draw(profile), summary(profile)]) {
    for (const path of [dir, tmpdir() + '/', homedir() + '/', process.cwd(), 'file:', 'node_modules'])
      expect(text).not.toContain(path);
    expect(text).not.toMatch(/[ "(>]\/[a-z]/i);
  }
});

test('the program prints the summary, and writes the picture when asked to', async () => {
  const out = join(dir, 'a.svg');
  const { code, stdout } = await run(file, '--svg', out);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ms on the CPU[^]*mongodb driver, bson[^]*serializeInto bson\/lib\/bson\.cjs:\d+/);
  expect(readFileSync(out, 'utf8')).toBe(draw(profile));
});

test.each([
  ['a missing file', () => 'missing.cpuprofile', /missing\.cpuprofile cannot be read: ENOENT/],
  ['a folder', () => dir, /cannot be read: EISDIR/],
  ['what is no JSON', () => join(dir, 'small-program.js'), /small-program\.js is not a CPU profile.*node --cpu-prof/],
  ['no file', () => undefined, /missing required argument/],
])('refuses %s', async (_, fileOf, message) => {
  const { code, stderr } = await run(...[fileOf() ?? []].flat());
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
});

test.each(['null', '[]', '{"nodes":[]}', '{"nodes":[{}],"samples":[1],"timeDeltas":[1],"startTime":0,"endTime":1}'])(
  'refuses %s',
  (text) => {
    const other = join(dir, 'other.json');
    writeFileSync(other, text);
    expect(() => readProfile(other)).toThrow('is not a CPU profile');
  },
);
