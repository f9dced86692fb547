/**
 * A text, such as an address or an error that quotes one, without what is left of the `@` in its addresses; in one without a scheme
 * (`user:password@host`) as well.
 */
export function withoutPassword(text: string): string {
  return text.replace(/\/\/\S*@/g, '//***@').replace(/[^\s/'"]+:(?!\/\/)\S*@/g, '***@');
}
