import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';

// Replaces kubectl 1.32 in tests: a program that answers from the files of a folder, its first argument, prints what
// the real one was seen to print, and really forwards.
const [dir = '', ...args] = process.argv.slice(2);
const file = (name: string): string => join(dir, name);

interface Pods {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly uid: string } }[];
}

function fail(stderr: string): never {
  process.stderr.write(`${stderr}\n`);
  process.exit(1);
}

const pods = (): Pods => JSON.parse(readFileSync(file('pods.json'), 'utf8')) as Pods;

function forward(podName: string, pairs: readonly string[]): void {
  const pod = pods().items.find(({ metadata }) => metadata.name === podName);
  if (!pod) fail(`Error from server (NotFound): pods "${podName}" not found`);
  const servers = JSON.parse(readFileSync(file('servers.json'), 'utf8')) as Record<string, Record<string, number>>;
  const serverOf = servers[pod.metadata.uid] ?? {};
  let failed = 0;
  for (const pair of pairs) {
    const [local = '', remote = ''] = pair.split(':');
    const server = createServer((client) => {
      process.stdout.write(`Handling connection for ${local}\n`);
      const there = connect(serverOf[remote] ?? 1, '127.0.0.1');
      client.pipe(there).pipe(client);
      client.on('error', () => there.destroy());
      there.on('error', () => {
        const what = `an error occurred forwarding ${local} -> ${remote}: error forwarding port ${remote} to pod 61ec, uid : `;
        process.stderr.write(`E1124 16:11:30.955926   11035 portforward.go:424] "Unhandled Error" err="${what}"\n`);
        fail('error: lost connection to pod');
      });
    });
    server.on('error', () => {
      const cause = `[unable to create listener: Error listen tcp4 127.0.0.1:${local}: bind: address already in use]`;
      const why = `Listeners failed to create with the following errors: ${cause}`;
      process.stderr.write(`Unable to listen on port ${local}: ${why}\n`);
      if (++failed === pairs.length) fail('error: unable to listen on any of the requested ports: [{4222 4222}]');
    });
    server.listen(Number(local), '127.0.0.1', () =>
      process.stdout.write(`Forwarding from 127.0.0.1:${local} -> ${remote}\n`),
    );
  }
}

const [verb, what = ''] = args;
appendFileSync(file('calls'), `${verb} ${process.pid}\n`);
// The error to produce for this verb.
const failure = file(`${verb}-fails`);
if (existsSync(failure)) fail(readFileSync(failure, 'utf8'));
if (verb === 'get' && what === 'pods') process.stdout.write(JSON.stringify(pods()));
else if (verb === 'get' && args[2] !== 'ticketing')
  fail(`Error from server (NotFound): namespaces "${args[2]}" not found`);
else if (verb === 'get') process.stdout.write('NAME        STATUS   AGE\nticketing   Active   2m\n');
else forward(what.replace('pod/', ''), args.slice(2, 4));
