/**
 * A text, such as an error that quotes an address, without what stands before the last `@` of an address: for a log or a
 * person. Of addresses in a row without a space only the end is left: too little is better than a password.
 */
export function withoutCredentials(text: string): string {
  return text.replace(/\S+/g, withoutCredentialsInWord);
}

/** By two searches, because an expression over the whole of it takes the square of the length of a run of slashes. */
function withoutCredentialsInWord(word: string): string {
  const [from, to] = [word.indexOf('//'), word.lastIndexOf('@')];
  return from >= 0 && to >= from + 2 ? `${word.slice(0, from)}//***@${word.slice(to + 1)}` : word;
}
