export { brokerOption } from './broker-option';
export { CommandError } from './command-error';
export { onEndOfNpm } from './end-of-npm';
export { guardOutput } from './guard-output';
export { onStop, stopSignal } from './on-stop';
export { hasColor, paint, say, sayJson, table, tell, withoutAddresses } from './output';
export { exitCodeFor, runProgram } from './run-program';
export { refuseSwallowed, userPath } from './started-by-npm';
export { visible, visibleColoured } from './visible';
