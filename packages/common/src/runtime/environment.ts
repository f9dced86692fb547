import { z } from 'zod';
import { StartError } from '../errors/start-error';

/** The configuration is wrong. The message lists every problem, one line each. */
export class ConfigError extends StartError {
  constructor(readonly problems: readonly string[]) {
    super(['the configuration is wrong:', ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

/** One environment variable: its name, its allowed values (a schema over the string), and one line for readers. */
export interface Variable<S extends z.ZodType = z.ZodType> {
  readonly env: string;
  readonly schema: S;
  readonly description: string;
  /** What is wrong with it, given which other variables are set; undefined when nothing is. */
  readonly rule?: Rule | undefined;
  /** For a whole number that depends on another variable. */
  readonly multiple?: Multiple | undefined;
  /** The former name, which is still read until the next version. */
  readonly former?: string | undefined;
}

/**
 * How a number depends on another variable: `byDefault` times that one when it is not given, and at least `atLeast`
 * times it.
 */
export interface Multiple {
  readonly of: string;
  readonly byDefault: number;
  readonly atLeast: number;
}

/**
 * Returns what is wrong, as words that follow the variable's name, such as `is required: ...`. `given` tells by name
 * whether a variable is set.
 */
export type Rule = (given: (env: string) => boolean) => string | undefined;

/** Maps a field of the loaded configuration to its variable. */
export type ConfigShape = Readonly<Record<string, Variable>>;
export type Config<Shape extends ConfigShape> = { readonly [Field in keyof Shape]: z.output<Shape[Field]['schema']> };

/** Declares one environment variable. */
export function variable<S extends z.ZodType>(env: string, schema: S, description: string, rule?: Rule): Variable<S> {
  return { env, schema, description, rule };
}

/**
 * Declares a number that depends on another variable of the shape. The schema's default fits that variable's default.
 */
export function multipleOf<S extends z.ZodType<number, unknown>>(
  multiple: Multiple,
  ...[env, schema, description]: Parameters<typeof variable<S>>
): Variable<S> {
  return { env, schema, description, multiple };
}

/** The variable with its former name, which is still read where the new one is not given. */
export function renamed<S extends z.ZodType>(former: string, declared: Variable<S>): Variable<S> {
  return { ...declared, former };
}

/** The variables of the shape that the environment still sets by their former names, for a warning. */
export function formerNamesIn(shape: ConfigShape, env: NodeJS.ProcessEnv): { former: string; now: string }[] {
  return Object.values(shape).flatMap(({ env: now, former }) =>
    former !== undefined && env[former]?.trim() ? [{ former, now }] : [],
  );
}

/**
 * Reads and checks all variables of the shape. Space around a value is cut, such as the newline of a file that it was
 * read from, and an empty value counts as not given. Throws ConfigError, which names every problem at once and repeats
 * no value, because a value may be a secret.
 */
export function loadConfig<Shape extends ConfigShape>(shape: Shape, env: NodeJS.ProcessEnv): Config<Shape> {
  const problems: string[] = [];
  const valueOf = (name = ''): string | undefined => env[name]?.trim() || undefined;
  const isGiven = (name: string): boolean => valueOf(name) !== undefined;
  const values = new Map<string, unknown>();
  for (const { env: name, schema, rule, former } of Object.values(shape)) {
    const given = valueOf(name) ?? valueOf(former);
    const result = schema.safeParse(given);
    if (result.success) {
      const problem = rule?.(isGiven);
      if (problem !== undefined) problems.push(`${name} ${problem}`);
      values.set(name, result.data);
      continue;
    }
    const expected = result.error.issues.map(({ message }) => message).join('; ');
    const shown = isGiven(name) || former === undefined ? name : `${former}, the former name of ${name},`;
    problems.push(given === undefined ? `${name} is required: ${expected}` : `${shown} must be ${expected}`);
  }
  for (const { env: name, multiple } of Object.values(shape)) {
    const other = values.get(multiple?.of ?? '');
    if (!multiple || typeof other !== 'number' || !values.has(name)) continue;
    const { of, byDefault, atLeast } = multiple;
    if (!isGiven(name)) values.set(name, byDefault * other);
    else if (Number(values.get(name)) < atLeast * other) {
      problems.push(
        `${name} must be at least ${atLeast} times ${of}, ${atLeast * other}; without it, it is ${byDefault} times`,
      );
    }
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return Object.fromEntries(
    Object.entries(shape).map(([field, { env: name }]) => [field, values.get(name)]),
  ) as Config<Shape>;
}

export interface VariableDescription {
  readonly name: string;
  /** In the form of the environment; undefined for a required variable, and for one without a default. */
  readonly default: string | undefined;
  readonly description: string;
  readonly required: boolean;
}

/** The rows of the table in the documentation, in the order of the shape. */
export function describeConfig(shape: ConfigShape): VariableDescription[] {
  return Object.values(shape).map(({ env, schema, description }) => {
    const absent = schema.safeParse(undefined);
    const written = String(absent.data);
    return {
      name: env,
      default: absent.data === undefined ? undefined : written,
      description,
      required: !absent.success,
    };
  });
}

/** A whole number written in decimal digits. */
export function wholeNumber({ min = 0, max = Number.MAX_SAFE_INTEGER, what = 'a whole number' } = {}) {
  const error = max === Number.MAX_SAFE_INTEGER ? `${what}, at least ${min}` : `${what} from ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,15}$/, { error, abort: true })
    .transform(Number)
    .pipe(z.number().min(min, { error }).max(max, { error }));
}

/** A number of milliseconds that a timer of Node can wait. */
export function milliseconds({ min = 1 } = {}) {
  return wholeNumber({ min, max: 2 ** 31 - 1, what: 'milliseconds, a whole number' });
}

/** A TCP port; 0 takes any free one. */
export function port() {
  return wholeNumber({ min: 0, max: 65_535, what: 'a port, a whole number' });
}

/** An address that starts with one of the schemes (such as `nats`) and names a host. */
export function address(schemes: readonly string[], example: string) {
  const error = `an address such as ${example}`;
  const start = new RegExp(`^(${schemes.map((scheme) => scheme.replace('+', '\\+')).join('|')})://[^/?#\\s]+`);
  return z.string({ error }).regex(start, { error });
}
