/**
 * Tags that are opened and not closed, or closed and not opened; empty for a well-formed text. @param empty tags
 * without an end
 */
export function unbalancedTags(text: string, empty: readonly string[] = []): string[] {
  const open: string[] = [];
  for (const [whole, end, name = '', own] of text.matchAll(/<(\/?)([a-zA-Z]\w*)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (own === '/' || empty.includes(name)) continue;
    if (end === '') open.push(name);
    else if (open.pop() !== name) return [whole];
  }
  return open;
}

/** The figure of an attribute in each tag that a pattern finds. */
export function attributes(text: string, tag: RegExp, name: string): number[] {
  return [...text.matchAll(tag)].map(([whole]) => Number(new RegExp(` ${name}="([\\d.]+)%?"`).exec(whole)?.[1]));
}
