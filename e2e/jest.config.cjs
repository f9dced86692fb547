const config = require('../jest.base.cjs')(__dirname);

// A suite takes its servers away and brings them back, so each starts its own instead of sharing those of the run.
delete config.globalSetup;
delete config.globalTeardown;
module.exports = config;
