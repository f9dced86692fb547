export { escape } from './escape';
export { cardOf, htmlPage, legendOf, tableOf } from './page';
export { BASE_STYLE } from './style';
