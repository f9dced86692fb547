import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { cached } from '../fetch/cache';
import type { Program, Surroundings } from '../fetch/choice';
import { findOnPath } from '../fetch/find-program';
import { runToEnd } from '../process/run-to-end';

const JAVA_DIR = join(__dirname, '..', '..', 'java');
const SOURCES = ['MongoSubstitute.java', 'PlainCollection.java'].map((name) => join(JAVA_DIR, name));
const COPY_JARS = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';
const REMEDY = 'install a JDK of version 17 or later and Maven, or set MONGO_URI to a MongoDB server';
/** A small heap and a quick start matter more here than peak speed. */
const JVM = [
  '-Xmx512m',
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Xshare:auto',
  '-Dslf4j.internal.verbosity=ERROR',
];

/**
 * Gets the substitute's libraries from Maven Central and compiles its wrapper, once; both stay in the cache.
 * @throws an error that names the remedy when Java or Maven is missing.
 */
export async function prepareSubstitute(surroundings: Surroundings): Promise<Program> {
  const { env, log } = surroundings;
  const java = await tool('java', env);
  // The folder's name depends on its contents, so that a changed wrapper is compiled again.
  const made = createHash('sha256');
  for (const file of [...SOURCES, join(JAVA_DIR, 'pom.xml')]) made.update(await readFile(file));
  const folder = await cached(
    `mongo-substitute-1.47.0-${made.digest('hex').slice(0, 8)}`,
    surroundings,
    async (dir) => {
      const [mvn, javac] = [await tool('mvn', env), await tool('javac', env)];
      log('getting mongo-java-server 1.47.0 from Maven Central and compiling its wrapper ...');
      const jars = join(dir, 'jars');
      await runToEnd(mvn, ['-B', '-q', '-f', join(JAVA_DIR, 'pom.xml'), COPY_JARS, `-DoutputDirectory=${jars}`], {
        env,
      });
      await runToEnd(javac, ['--release', '17', '-cp', join(jars, '*'), '-d', join(dir, 'classes'), ...SOURCES], {
        env,
      });
    },
  );
  const classPath = `${join(folder, 'classes')}:${join(folder, 'jars', '*')}`;
  return {
    command: java,
    args: (port, dataDir) => [...JVM, '-cp', classPath, 'MongoSubstitute', String(port), join(dataDir, 'mongo.db')],
    ready: /^listening on \d+$/m,
    dataName: 'mongo-substitute',
  };
}

async function tool(name: string, env: NodeJS.ProcessEnv): Promise<string> {
  const file = await findOnPath(name, env);
  if (file === undefined) throw new Error(`there is no ${name} on PATH: ${REMEDY}`);
  return file;
}
