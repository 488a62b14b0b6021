/** What a caught error says to a person. */

/** Why it failed. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
