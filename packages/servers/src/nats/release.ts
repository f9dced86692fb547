/** A server of NATS that is released as a zip archive on GitHub, and can be built by `go install`. */
export interface NatsRelease {
  /** For people. */
  readonly engine: string;
  readonly program: string;
  /** The version that is downloaded or built. It is in the name of its folder in the cache. */
  readonly version: string;
  /** Where its releases are. The variable `mirror` can replace it. */
  readonly releases: string;
  readonly mirror: string;
  /** The module of Go, with its version. */
  readonly module: string;
}

export const NATS_STREAMING: NatsRelease = {
  engine: 'NATS Streaming',
  program: 'nats-streaming-server',
  version: '0.25.6',
  releases: 'https://github.com/nats-io/nats-streaming-server/releases/download',
  mirror: 'TICKETING_NATS_MIRROR',
  module: 'github.com/nats-io/nats-streaming-server@v0.25.6',
};

export const NATS_SERVER: NatsRelease = {
  engine: 'JetStream',
  program: 'nats-server',
  version: '2.15.2',
  releases: 'https://github.com/nats-io/nats-server/releases/download',
  mirror: 'TICKETING_NATS_SERVER_MIRROR',
  module: 'github.com/nats-io/nats-server/v2@v2.15.2',
};

/** The folder of the program in the cache. */
export function natsFolder({ program, version }: NatsRelease): string {
  return `${program}-${version}-${process.platform}-${process.arch}`;
}
