export { page } from './page';
export { printTable } from './print-table';
export { svg } from './svg';
export { figure, range } from './words';
