const config = require('../../../jest.base.cjs')(__dirname);

// These need a cluster, and change what is in it: jest.cluster.config.cjs runs them.
module.exports = { ...config, testPathIgnorePatterns: ['/node_modules/', '<rootDir>/src/e2e/'] };
