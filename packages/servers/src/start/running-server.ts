import type { SetUpLog } from '../fetch/choice';

/** A server that can be used now: one that was started here, or one that was given by its address. */
export interface RunningServer {
  /** Its address. For MongoDB without a database name: see `databaseUrl`. */
  readonly url: string;
  /** Undefined when the server was given by its address. */
  readonly pid: number | undefined;
  /** Names the chosen source, for people. */
  readonly source: string;
  /** Asks it to stop and waits until it has exited. May be called again. Does nothing when it was given by its address. */
  stop(): Promise<void>;
  /** Kills it at once (SIGKILL) and waits until it has exited. Does nothing when it was given by its address. */
  kill(): Promise<void>;
  /** Resolves when the process has exited, for any reason. Stays pending when the server was given by its address. */
  readonly exited: Promise<void>;
  /**
   * Starts the same program at the same address on the same data, when it has exited. Rejects when it does not become ready, or
   * was given by its address.
   */
  again(): Promise<RunningServer>;
}

/** Options that both servers understand. */
export interface ServerOptions {
  /** The folder of the data. Absent: nothing is kept after `stop`. */
  dataDir?: string;
  /** The file that notes its process while it runs, for `clearLeftovers`. Absent: one in the data folder, if there is one. */
  note?: string;
  /** The port on 127.0.0.1. Absent: a free one. */
  port?: number;
  /** Where settings, PATH included, are read from. Absent: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** Takes the lines that say what is being done. Absent: they are dropped. */
  log?: SetUpLog;
  /** Takes what the server itself prints. Absent: it is dropped, but for the end of it in the message when it does not start. */
  output?: (text: string) => void;
}
