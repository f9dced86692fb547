const config = require('../../../jest.base.cjs')(__dirname);
delete config.globalTeardown; // these use no servers, so there are none to stop

module.exports = {
  ...config,
  globalSetup: `${__dirname}/dist/manifests/global-setup.js`,
  // They need a cluster, and change what is in it: jest.cluster.config.cjs runs them.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/src/e2e/'],
};
