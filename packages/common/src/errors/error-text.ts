/** An error in one line for a log or a person: its name and message, or the value itself as text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
