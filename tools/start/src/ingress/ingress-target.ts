import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';

const CONNECT_WITHIN_MS = 2_000;

/** The first target that accepts a connection, with that connection; undefined when none does. */
export async function firstConnected(
  targets: readonly string[],
): Promise<{ target: string; socket: Socket } | undefined> {
  for (const target of targets) {
    const socket = await connected(new URL(target));
    if (socket) return { target, socket };
  }
  return undefined;
}

function connected({ hostname, port }: URL): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 80), timeout: CONNECT_WITHIN_MS });
    const fail = () => resolve(void socket.destroy());
    socket.once('error', fail).once('timeout', fail);
    socket.once('connect', () => {
      socket.setTimeout(0);
      socket.off('error', fail).off('timeout', fail);
      resolve(socket);
    });
  });
}

/** Makes a request use this connection, which is only for it. */
export function agentOf(socket: Socket): Agent {
  const agent = new Agent({ keepAlive: false });
  agent.createConnection = () => socket;
  return agent;
}
