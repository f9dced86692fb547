const { Script } = require('node:vm');
const { default: Runtime } = require('jest-runtime');

/** What npm installed, by file, compiled by this worker. */
const installed = new Map();

/**
 * Compiles a module once per worker, not once per suite: V8 finds a script that it has compiled, but not a function that may import
 * dynamically, which is what jest makes of a module. Each suite still runs every module itself.
 */
module.exports = class extends Runtime {
  constructor(...args) {
    super(...args);
    const { executor } = this;
    if (!executor?.compile || !executor.transformCache) return; // neither is public: another jest may not have them
    const { compile, transformCache } = executor;
    const head = `(function (${executor.injectedModuleParameters.join(', ')}) {`;
    executor.transformCache = {
      transform: (file, options) => (installed.has(head + file) ? '' : transformCache.transform(file, options)),
    };
    executor.compile = (source, filename) => {
      const context = executor.environment.getVmContext();
      let script = installed.get(head + filename);
      if (!context || (!script && source.includes('import('))) return compile.call(executor, source, filename);
      try {
        script ??= new Script(`${head}${source}\n})`, { filename, columnOffset: -head.length });
      } catch {
        return compile.call(executor, source, filename); // says best what is wrong
      }
      if (filename.includes('/node_modules/')) installed.set(head + filename, script);
      return script.runInContext(context);
    };
  }
};
