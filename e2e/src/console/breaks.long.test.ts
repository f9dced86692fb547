import { withBrowser } from '../api/browser.helper';
import { ConsoleSuite } from './console-suite.helper';

jest.setTimeout(400_000);

const suite = new ConsoleSuite({ GAP_PATIENCE_MS: '600000', ACK_WAIT_MS: '10000' });

withBrowser('version 2 overtakes version 1: it is parked where it waits, and then both are applied', async () => {
  const console = await suite.open();
  await console.press('Version 2 before version 1');
  await console.sees('waits for version 1', '.step');
  await console.pressLabelled('Pause orders'); // so that version 1 does not come before this has looked
  await console.sees('orders is paused', '.status');
  await console.sees('The owner has version 2; the replica has version 0, version 2 parked.', '.unseen');
  await console.sees('1 event parked', '.status');
  await console.pressLabelled('Go on orders');
  await console.sees(/Version 2 before version 1.*everything agrees again/s, '.break .jobs details');
  await console.sees('The owner has version 2; the replica has version 2.', '.unseen');
  expect(console.complaints).toEqual([]);
});

withBrowser('what is sold while orders is down waits, and everything agrees again after its start', async () => {
  const console = await suite.open();
  await console.pressLabelled('kill -9 orders');
  await console.sees('orders is stopped', '.status');
  await console.sell('Meanwhile');
  await console.sees('1 replica differs from the owner', '.status');
  await console.pressLabelled('Start orders');
  await console.sees(/Start orders.*everything agrees again/s, '.break .jobs details');
  await console.sees('everything agrees', '.status');
});

describe.each(['tickets', 'orders', 'NATS Streaming', 'MongoDB'])('%s', (part) => {
  withBrowser.each([
    ['kill -9', 'stopped', 'Start'],
    ['Stop', 'stopped', 'Start'],
    ['Pause', 'paused', 'Go on'],
  ])('%s: the page says that it is %s; %s: it works again', async (harm, state, remedy) => {
    const console = await suite.open();
    await console.pressLabelled(`${harm} ${part}`);
    await console.sees(`${part} is ${state}`, '.status');
    await console.pressLabelled(`${remedy} ${part}`);
    await console.sees('everything agrees', '.status');
    const title = `After ${harm} of ${part}`;
    await console.sell(title);
    await console.seesBoth(title, 0);
  });
});

withBrowser.each([
  ['Hold the next event to orders', 'held back', 'that was held back is delivered', '.break .jobs'],
  ['Deliver the next twice to orders', 'is delivered twice', 'applied', '.step'],
  ['Drop the next ack of orders', 'is dropped', 'seen', '.step'],
])('%s: the page tells that it happened, and everything agrees', async (label, happens, then, place) => {
  const console = await suite.open();
  await console.pressLabelled(label);
  await console.sees('armed', '.break .jobs');
  await console.sell(label);
  await console.sees(happens, '.break .jobs');
  await console.sees(then, place);
  await console.seesBoth(label, 0);
  await console.sees('everything agrees', '.status');
});

withBrowser.each([
  ['Send what is no JSON', 'this is no JSON'],
  ['Send a broken contract', '"price": "much"'],
])('%s: it becomes a dead letter, which an operator sees whole and drops', async (name, message) => {
  const console = await suite.open();
  await console.press(name);
  await console.sees(message, '.letters pre');
  await console.pressLabelled('Drop the letter of ticket:updated');
  await console.sees(/Dead letters\s*None\./, '.operate');
});
