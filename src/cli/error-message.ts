/** What a caught value says: whatever can be thrown may come. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
