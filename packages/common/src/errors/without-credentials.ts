/**
 * A text, such as an error that quotes an address, without what stands before the last `@` of an address: for a log or a
 * person. Of addresses in a row without a space only the end is left: too little is better than a password.
 */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/\S*@/g, '//***@');
}
