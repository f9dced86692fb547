/** How often something happened, over many histories. */
export type Coverage = Record<string, number>;

/** The steps of a history and their results: in words for people, and counted to check that a run has seen enough. */
export class Diary {
  readonly lines: string[] = [];

  constructor(private readonly coverage: Coverage) {}

  note(what: string, line: string): void {
    this.count(what);
    this.lines.push(line);
  }

  count(what: string): void {
    this.coverage[what] = (this.coverage[what] ?? 0) + 1;
  }
}
