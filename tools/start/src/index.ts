export { type Addresses, readAddresses } from './settings/addresses';
export { startIngress, type Ingress, type IngressOptions, type IngressRoute } from './ingress/ingress';
export { routesTo } from './ingress/routes';
export { publishScrapeTargets } from './system/scrape-targets';
export { startServiceProcess, type ServiceProcess, type ServiceProcessOptions } from './system/service-process';
export { tokenFor } from './token';
