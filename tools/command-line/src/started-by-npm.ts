import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';

/** The npm script that started this program; undefined without npm, and when the tests started it. */
function scriptOf(env: NodeJS.ProcessEnv): string | undefined {
  const script = env['npm_lifecycle_event'];
  return script === undefined || /^test(:k8s)?$/.test(script) ? undefined : script;
}

/**
 * The full path that the user means. npm runs a script in the root of the repository; INIT_CWD is where npm was called
 * (docs.npmjs.com, scripts).
 */
export function userPath(path: string, env: NodeJS.ProcessEnv = process.env): string {
  return resolve((scriptOf(env) && env['INIT_CWD']) ?? '.', path);
}

/**
 * Refuses the command line (commander's `error`) when npm took one of our options for itself: without `--` before it,
 * `--all` is a setting of npm, which a script sees only as npm_config_all. Settings in an npmrc are for npm.
 */
export function refuseSwallowed(command: Command, args: readonly string[], env: NodeJS.ProcessEnv = process.env): void {
  const script = scriptOf(env);
  if (script === undefined) return;
  const swallowed = optionsOf(command, args).filter(({ long, negate }) => {
    if (!long || args.some((arg) => arg === long || arg.startsWith(`${long}=`))) return false;
    const name = nameOf(long, negate);
    const value = env[configOf(name)];
    return value !== undefined && (value === '') === negate && !isSet(name, env); // `--no-ack` is an empty `ack`
  });
  if (swallowed.length === 0) return;
  const names = swallowed.map(({ long }) => long).join(', ');
  const variables = swallowed.map(({ long = '', negate }) => configOf(nameOf(long, negate))).join(', ');
  // If a command has a script of its own, tools/run.mjs puts its name before the rest.
  const given = args[0] === script ? args.slice(1) : args;
  command.error(
    `error: npm took ${names} for itself: there is no -- before it (or ${variables} is set in the environment: unset it). ` +
      `Type: npm run ${script} -- ${typed(swallowed, given, env)}`,
  );
}

/**
 * What to type after the `--`. npm leaves the value of an option among the other arguments, unless it came after a `=`.
 */
function typed(swallowed: Command['options'], args: readonly string[], env: NodeJS.ProcessEnv): string {
  const lost = swallowed.some(({ long, negate, required, optional }) => {
    return (required || optional) && env[configOf(nameOf(long ?? '', negate))] === 'true';
  });
  const options = swallowed.map(({ long = '', flags, negate, required, optional }) => {
    if (!required && !optional) return long;
    return lost ? flags : `${long} ${quoted(env[configOf(nameOf(long, negate))] ?? '')}`;
  });
  return [...(lost ? ['...'] : args.map(quoted)), ...options].join(' ');
}

function nameOf(long: string, negate: boolean): string {
  return long.replace(negate ? /^--no-/ : /^--/, '');
}

function configOf(name: string): string {
  return `npm_config_${name.replaceAll('-', '_')}`;
}

/** The possible options of the line: those of the command and of the subcommand that it names, each once. */
function optionsOf(command: Command, args: readonly string[]): Command['options'] {
  const [name, ...rest] = args.filter((arg) => !arg.startsWith('-'));
  const named = command.commands.find((subcommand) => subcommand.name() === name);
  const options = [...command.options, ...(named ? optionsOf(named, rest) : [])];
  return [...new Map(options.map((option) => [option.long, option])).values()];
}

/** Whether one of npm's files has this setting: that of the project, of the user, or the global one. */
function isSet(name: string, env: NodeJS.ProcessEnv): boolean {
  const project = env['npm_config_local_prefix'];
  const files = [project && join(project, '.npmrc'), env['npm_config_userconfig'], env['npm_config_globalconfig']];
  return files.some((file) => file && new RegExp(`^\\s*${name}\\s*(=|$)`, 'm').test(read(file)));
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // npm names them even if they do not exist
  }
}

function quoted(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
