/** The known word that was most likely meant, or null where none is close: at most two letters away, and no more than half. */
export function nearest(word: string, known: readonly string[]): string | null {
	const ranked = known
		.map(candidate => ({candidate, distance: candidate.startsWith(word) ? 1 : editDistance(word, candidate)}))
		.filter(({candidate, distance}) => word !== '' && distance <= Math.min(2, Math.floor(candidate.length / 2)))
		.sort((a, b) => a.distance - b.distance);
	return ranked[0]?.candidate ?? null;
}

/** Levenshtein's distance: insertions, deletions and replacements that turn one word into the other. */
function editDistance(from: string, to: string): number {
	let previous = Array.from({length: to.length + 1}, (_, index) => index);
	for (const [row, letter] of [...from].entries()) {
		const current = [row + 1];
		for (const [column, other] of [...to].entries()) {
			const replaced = previous[column]! + (letter === other ? 0 : 1);
			current.push(Math.min(replaced, previous[column + 1]! + 1, current[column]! + 1));
		}
		previous = current;
	}
	return previous[to.length]!;
}
