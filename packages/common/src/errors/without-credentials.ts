/**
 * A text for a log or a person, such as an error that quotes an address, without what stands before the last `@` of
 * each address. Of several addresses without a space between them only the end is left, because losing text is better
 * than showing a password.
 */
export function withoutCredentials(text: string): string {
  return text.replace(/\S+/g, withoutCredentialsInWord);
}

/** In two searches: one expression over the whole text needs time quadratic in the length of a run of slashes. */
function withoutCredentialsInWord(word: string): string {
  const [from, to] = [word.indexOf('//'), word.lastIndexOf('@')];
  return from >= 0 && to >= from + 2 ? `${word.slice(0, from)}//***@${word.slice(to + 1)}` : word;
}
