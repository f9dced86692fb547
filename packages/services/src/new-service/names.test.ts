import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contracts, type Subject } from '@ticketing/common/events';
import { ownerOf } from '../services';
import { readNames, renamed } from './names';

/** A repository with one package, one program, one folder of a service, and one file of events. */
let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'ticketing-names-'));
  for (const name of ['common', 'lab']) {
    const folder = join(root, name === 'lab' ? 'tools' : 'packages', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), `{ "name": "@ticketing/${name}" }`);
  }
  mkdirSync(join(root, 'services', 'invoices'), { recursive: true });
  mkdirSync(join(root, 'packages/common/src/events'), { recursive: true });
  writeFileSync(join(root, 'packages/common/src/events/envelope.ts'), '');
  mkdirSync(join(root, 'templates/service/src'), { recursive: true });
  writeFileSync(join(root, 'templates/service/src/main.ts'), '');
  execFileSync('git', ['init', '-q', root]);
  for (const n of [1, 2]) writeFileSync(join(root, 'tools/lab', `crowd-${n}.ts`), 'as many as there are users');
});
afterAll(() => rmSync(root, { recursive: true }));

test.each([
  [['reviews'], 'reviews', 'review'],
  [['gift-cards'], 'gift-cards', 'gift-card'],
  [['deliveries'], 'deliveries', 'delivery'],
  [['inventory', 'item'], 'inventory', 'item'],
  [['addresses', 'address'], 'addresses', 'address'],
])('%j is a service %s of things that are each a %s', (given, service, thing) => {
  expect(readNames(root, given)).toEqual({ service, thing });
});

test('a thing may be that of a contract which no service fulfils yet', () => {
  const created = (Object.keys(contracts) as Subject[]).filter((subject) => subject.endsWith(':created'));
  for (const subject of created.filter((one) => ownerOf(one) === undefined)) {
    const [thing = ''] = subject.split(':');
    expect(readNames(root, ['things', thing])).toEqual({ service: 'things', thing });
  }
});

test.each<[string[], RegExp]>([
  [[], /^usage: npm run new:service -- NAME \[THING\]/],
  [['a', 'b', 'c'], /^usage/],
  [['giftCards'], /small letters.*, such as gift-cards$/],
  [['Cards'], /, such as cards$/],
  [['Gift Cards'], /, such as gift-cards$/],
  [['gift_cards'], /, such as gift-cards$/],
  [['gift--cards-'], /, such as gift-cards$/],
  [['2-cards'], /, such as cards$/],
  [['cards-2'], /, such as cards$/],
  [['../cards'], /, such as cards$/],
  [['Ä'], /at most 40 characters$/],
  [['x'.repeat(41)], /at most 40 characters, such as x{40}$/],
  [['tickets'], /^there is a service tickets already: take another name, or remove services\/tickets and its entry/],
  [['invoices'], /^there is a service invoices already/],
  [['common'], /^"common" is the name of something else/],
  [['lab'], /^"lab" is the name of something else/],
  [['nats'], /^"nats" is the name of something else/],
  [['coverage', 'report'], /^"coverage" is the name of something else/],
  [['users'], /^"users" means something else here, as in tools\/lab\/crowd-1\.ts \(2\): take another name$/],
  [['supply', 'main'], /^every service has a file main\.ts of another kind: name another thing$/],
  [['inventory'], /^say what one of inventory is: npm run new:service -- inventory THING$/],
  [['addresses-less'], /^say what one of/],
  [['sheep', 'sheep'], /need two names/],
  [['classes', 'class'], /^"class" is a word of the language/],
  [['seats', 'ticket'], /^ticket:created is an event of tickets: name another thing$/],
  [['envelopes'], /events\/envelope\.ts is there already/],
])('%j is refused, and the message says what to do', (given, message) => {
  expect(() => readNames(root, given)).toThrow(message);
});

test('each form of the name is renamed, and nothing else', () => {
  const names = { service: 'gift-cards', thing: 'gift-card' };
  expect(renamed('new-things newThings NewThings new_things new things', names)).toBe(
    'gift-cards giftCards GiftCards gift_cards gift cards',
  );
  expect(renamed('new-thing:created startNewThing reEmittedNewThings A new thing', names)).toBe(
    'gift-card:created startGiftCard reEmittedGiftCards A gift card',
  );
  expect(renamed('Makes a new thing', { service: 'inventory', thing: 'item' })).toBe('Makes an item');
  expect(renamed('startNewThings(new Thing())', { service: 'inventory', thing: 'item' })).toBe(
    'startInventory(new Thing())',
  );
});
