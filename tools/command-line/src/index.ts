export { CommandError } from './command-error';
export { say, sayJson, table } from './output';
export { runProgram } from './run-program';
