/** What a caught error says to a person. */

/** Why it failed. */
export function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

/** What to do about it, where the error knows; null where it does not. */
export function remedyOf(error: unknown): string | null {
	const remedy = error instanceof Error && 'remedy' in error ? error.remedy : null;
	return typeof remedy === 'string' ? remedy : null;
}
