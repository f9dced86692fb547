export { type Addresses, readAddresses } from './addresses';
export { onEndOfNpm } from './end-of-npm';
export { startIngress, type Ingress, type IngressOptions, type IngressRoute } from './ingress';
export { startServiceProcess, type ServiceProcess, type ServiceProcessOptions } from './service-process';
export { tokenFor } from './token';
