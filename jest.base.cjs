// One base for every package. The real MongoDB and NATS Streaming servers are started once per run by globalSetup.
module.exports = (packageDir) => ({
  rootDir: packageDir,
  roots: ['<rootDir>/src'],
  testMatch: ['**/*.test.ts', '!**/*.long.test.ts'],
  testEnvironment: 'node',
  runtime: require.resolve('./jest.runtime.cjs'),
  testTimeout: 120_000, // where a package is tested alone
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    // An ES module, which jest takes by itself only on Node 24.
    '/node_modules/jose/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: ['/node_modules/(?!jose/)'],
  globalSetup: `${__dirname}/packages/servers/dist/testing/jest-global-setup.js`,
  globalTeardown: `${__dirname}/packages/servers/dist/testing/jest-global-teardown.js`,
});
