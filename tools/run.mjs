// What `npm start`, `npm test` and the other commands of package.json call. Needs nothing but Node: it also installs what the rest needs.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildOnce } from './run/build-once.mjs';
import { install } from './run/install.mjs';
import { must, ROOT, say } from './run/processes.mjs';
import { release } from './run/release.mjs';
import { test, testK8s, testLong } from './run/test.mjs';

const require = createRequire(import.meta.url);

const [nodeMajor, nodeMinor] = process.versions.node.split('.').map(Number);

function checkNode() {
  if (nodeMajor > 20 || (nodeMajor === 20 && nodeMinor >= 19)) return;
  say(`Node 20.19 or later is needed, this is ${process.versions.node}. Install one from https://nodejs.org.`);
  process.exit(1);
}

/** Builds projects if they are not. Ends this process when its source has errors. */
function built(projects, before) {
  const code = buildOnce(projects, before);
  if (code !== 0) say('Nothing was started: the source has errors, see above.');
  must(code);
}

function start(args) {
  if (nodeMajor === 20) say('Node 20 has had no fixes since April 2026. It still works here; Node 24 is recommended.');
  built(['tools/start', 'tools/console'], () => say('Building ...'));
  hand('tools/start/dist/main.js', args);
}

/** Runs a program in this process, so that there is nobody between the terminal and it that would have to pass on signals. */
function hand(file, args) {
  process.argv.splice(1, process.argv.length, join(ROOT, file), ...args);
  require(join(ROOT, file));
}

function token(args) {
  built(['tools/start']);
  process.exitCode = require(join(ROOT, 'tools/start/dist/token.js')).main(args, process.env);
}

/** A program that is given the rest of the command line. */
function program(project, file, ...first) {
  return (args) => {
    built([project]);
    hand(join(project, file), [...first, ...args]);
  };
}

checkNode();
// As the services read their environment: space around a value is cut, such as the newline of a file that it came from.
for (const [name, value] of Object.entries(process.env)) process.env[name] = value.trim();
// For onEndOfNpm, which is asked only after all that follows.
process.env['TICKETING_STARTED'] = `${process.pid} ${process.ppid}`;
const [what, ...args] = process.argv.slice(2);
const commands = {
  ...{ start, dev: (rest) => start(['--watch', ...rest]), test: (rest) => test(rest), token },
  'test:long': testLong,
  'test:k8s': testK8s,
  lab: program('tools/lab', 'dist/main.js'),
  faults: program('e2e', 'dist/faults/main.js'),
  fuzz: program('e2e', 'dist/fuzz/main.js'),
  bench: program('bench', 'dist/main.js'),
  console: program('tools/console', 'dist/main.js'),
  ops: program('tools/operate', 'dist/main.js'),
  audit: program('tools/operate', 'dist/main.js', 'audit'),
  bridge: program('tools/operate', 'dist/main.js', 'bridge'),
  'nats:server': program('tools/nats-streaming', 'dist/server.js'),
  'nats:publish': program('tools/nats-streaming', 'dist/watched.js', 'publish/publisher.js'),
  'nats:listen': program('tools/nats-streaming', 'dist/watched.js', 'listen/listener.js'),
  'nats:monitor': program('tools/nats-streaming', 'dist/monitor/main.js'),
  'nats:forward': program('tools/nats-streaming', 'dist/forward/main.js'),
  services: program('packages/services', 'dist/main.js'),
  'new:service': program('packages/services', 'dist/new-service/main.js'),
  'k8s:secrets': program('tools/kubernetes', 'dist/secrets/main.js'),
  release,
};
if (!(what in commands)) {
  say(`usage: node tools/run.mjs ${Object.keys(commands).join('|')}`);
  process.exit(2);
}
install();
await commands[what](args);
