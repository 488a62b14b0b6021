import leven from 'leven';

/** The known word that was most likely meant, or null where none is close: at most two letters away, and no more than half. */
export function nearest(word: string, known: readonly string[]): string | null {
	const ranked = known
		.map(candidate => ({candidate, distance: candidate.startsWith(word) ? 1 : leven(word, candidate)}))
		.filter(({candidate, distance}) => word !== '' && distance <= Math.min(2, Math.floor(candidate.length / 2)))
		.sort((a, b) => a.distance - b.distance);
	return ranked[0]?.candidate ?? null;
}
