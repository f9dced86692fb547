module.exports = {
  projects: ['packages/common', 'services/tickets', 'services/orders', 'tools/servers', 'tools/start', 'e2e'].map(
    (dir) => `<rootDir>/${dir}`,
  ),
};
