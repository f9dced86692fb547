export { type Addresses, readAddresses } from './addresses';
export { startIngress, type Ingress, type IngressOptions, type IngressRoute } from './ingress';
export { routesTo } from './routes';
export { publishScrapeTargets } from './scrape-targets';
export { startServiceProcess, type ServiceProcess, type ServiceProcessOptions } from './service-process';
export { tokenFor } from './token';
