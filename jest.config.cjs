const { existsSync, readdirSync } = require('node:fs');
const { availableParallelism } = require('node:os');

const services = ['services', 'examples'].flatMap((room) =>
  readdirSync(`${__dirname}/${room}`).map((name) => `${room}/${name}`),
);

module.exports = {
  maxWorkers: availableParallelism() * 2, // more than half of the time of a suite is waiting
  // Of the whole run: jest does not read it from the projects. The waits of a test have their own limits, and say what they wait for.
  testTimeout: 120_000,
  projects: [
    ...['packages/common', 'packages/testing', 'packages/services', 'packages/servers'],
    ...services.filter((folder) => existsSync(`${__dirname}/${folder}/jest.config.cjs`)),
    ...['tools/start', 'tools/command-line', 'tools/nats-streaming', 'tools/operate', 'tools/lab'],
    ...['tools/console', 'tools/kubernetes', 'e2e', 'bench', 'infra/k8s/test'],
  ].map((dir) => `<rootDir>/${dir}`),
};
