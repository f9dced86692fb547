// What `npm run test:long` runs: the suites that are long by nature.
const { projects, ...config } = require('./jest.config.cjs');

module.exports = {
  ...config,
  projects: projects.map((dir) => ({
    ...require(`${dir.replace('<rootDir>', __dirname)}/jest.config.cjs`),
    testMatch: ['**/*.long.test.ts'],
  })),
};
