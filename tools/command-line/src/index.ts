export { CommandError } from './command-error';
export { hasColor, paint, say, sayJson, table, tell } from './output';
export { runProgram } from './run-program';
