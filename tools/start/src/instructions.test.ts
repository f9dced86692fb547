import { instructions } from './instructions';

test('zsh is told first that lines may be comments, and other shells are not', () => {
  const first = (shell?: string) => instructions('http://localhost:1', 'token', shell).split('\n')[0];
  expect(first('/bin/zsh')).toBe('setopt interactivecomments');
  expect(first('/bin/bash')).toMatch(/^# /);
  expect(first()).toMatch(/^# /);
});
