import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { startTcpProxy, type TcpProxy, waitFor } from '../index';

let echo: Server;
let proxy: TcpProxy;

beforeEach(async () => {
  echo = createServer((socket) => socket.on('error', () => undefined).pipe(socket)).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  proxy = await startTcpProxy(`tcp://127.0.0.1:${(echo.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => echo.close(resolve));
});

async function client() {
  const socket = connect(proxy.port, '127.0.0.1');
  let received = '';
  socket.setEncoding('utf8').on('data', (text: string) => (received += text));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, received: () => received };
}

test('what is delayed arrives later, and what follows without a delay does not overtake it', async () => {
  const { socket, received } = await client();
  socket.write('at once,');
  await waitFor(() => received() === 'at once,');

  proxy.delayMs = 200;
  const sent = performance.now();
  socket.write('late,');
  await waitFor(() => received() === 'at once,late,');
  expect(performance.now() - sent).toBeGreaterThan(390); // there and back

  socket.write('late again,');
  setTimeout(() => {
    proxy.delayMs = 0;
    socket.write('behind it,');
  }, 50);
  await waitFor(() => received().endsWith('behind it,'));
  expect(received()).toBe('at once,late,late again,behind it,');

  let tries = 0;
  const tripMs = async () => {
    const began = performance.now();
    const sent = `quick ${(tries += 1)}`;
    socket.write(sent);
    await waitFor(() => received().endsWith(sent), { everyMs: 1 });
    return performance.now() - began;
  };
  await waitFor(async () => (await tripMs()) < 200, { what: 'a trip without a delay' });
});

test('a cut drops what is still on its way', async () => {
  const { socket, received } = await client();
  proxy.delayMs = 100;
  socket.write('never');
  await new Promise((resolve) => setTimeout(resolve, 50));
  const closed = once(socket, 'close');
  proxy.cut();
  await closed;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(received()).toBe('');
});
