/** True where a dotted version such as "10.9.0" is at least `wanted`, such as "10.9". What is no version counts as 0. */
export function atLeast(version: string, wanted: string): boolean {
	const have = numbers(version);
	const want = numbers(wanted);
	for (let index = 0; index < want.length; index++) {
		const difference = (have[index] ?? 0) - want[index]!;
		if (difference !== 0) return difference > 0;
	}
	return true;
}

function numbers(version: string): number[] {
	return version.split('.').map(part => Number.parseInt(part, 10) || 0);
}
