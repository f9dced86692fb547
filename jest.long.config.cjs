// What `npm run test:long` runs: the suites that are long by nature.
const { availableParallelism } = require('node:os');
const { projects, ...config } = require('./jest.config.cjs');

module.exports = {
  ...config,
  maxWorkers: Math.ceil(availableParallelism() * 1.5), // clusters and whole systems: fewer at once than in jest.config.cjs
  projects: projects.map((dir) => ({
    ...require(`${dir.replace('<rootDir>', __dirname)}/jest.config.cjs`),
    testMatch: ['**/*.long.test.ts'],
  })),
};
