export { BASE_STYLE } from './page/base-style';
export { escape } from './page/html';
