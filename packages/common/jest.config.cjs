module.exports = {
  ...require('../../jest.base.cjs')(__dirname),
  // The kits and these tests see one and the same source.
  moduleNameMapper: { '^@ticketing/(common|testing)$': '<rootDir>/../$1/src/index.ts' },
};
