// The tests on the cluster that KUBECONFIG names, one file after the other: all of them are about the one system there.
module.exports = {
  ...require('../../../jest.base.cjs')(__dirname),
  roots: ['<rootDir>/src/e2e'],
  // Its commands are about NATS Streaming.
  ...(process.env.BROKER === 'jetstream' && { testPathIgnorePatterns: ['/node_modules/', 'listen.test.ts$'] }),
  maxWorkers: 1,
  testTimeout: 300_000,
  globalSetup: `${__dirname}/dist/e2e/global-setup.js`,
  globalTeardown: `${__dirname}/dist/e2e/global-teardown.js`,
};
