/** What became of the tests of each version, as a table. */
import path from 'node:path';

/** Of the tests in one folder under test/, or of one libvirt. */
type Counts = {readonly passed: number; readonly failed: number; readonly skipped: number};

/** One libvirt, and its tests by folder. */
export type Row = {
	readonly version: string;
	readonly exitedWell: boolean;
	readonly counts: ReadonlyMap<string, Counts>;
};

/** What is read of Vitest's report in JSON. */
type Report = {
	readonly testResults?: readonly {
		readonly name: string;
		readonly assertionResults: readonly {readonly status: string}[];
	}[];
};

const none: Counts = {passed: 0, failed: 0, skipped: 0};

/** Counts by the first folder below `root`, in which all tests lie. */
export function countsOf({testResults = []}: Report, root: string): Map<string, Counts> {
	const found = new Map<string, Counts>();
	for (const {name, assertionResults} of testResults) {
		const folder = path.relative(root, name).split(path.sep)[0]!;
		const of = (status: string) => assertionResults.filter(one => one.status === status).length;
		const [passed, failed] = [of('passed'), of('failed')];
		const here = {passed, failed, skipped: assertionResults.length - passed - failed};
		found.set(folder, sum([found.get(folder) ?? none, here]));
	}
	return found;
}

function sum(counts: Iterable<Counts>): Counts {
	return [...counts].reduce(
		(left, right) => ({
			passed: left.passed + right.passed,
			failed: left.failed + right.failed,
			skipped: left.skipped + right.skipped,
		}),
		none,
	);
}

/** A run that failed without a failed test (a file that could not be loaded, a hook) counts as one failure. */
function totalOf({counts, exitedWell}: Row): Counts {
	const total = sum(counts.values());
	return exitedWell ? total : {...total, failed: Math.max(1, total.failed)};
}

/** Whether this libvirt failed a test, or could not be tried. */
export function failedBy(row: Row): boolean {
	const {failed, passed} = totalOf(row);
	return failed > 0 || passed === 0;
}

/** All of a libvirt in a line, and below it folder by folder. */
export function table(rows: readonly Row[]): string {
	const lines = rows.flatMap(row => [
		[row.version, totalOf(row)] as const,
		...[...row.counts].sort().map(([folder, counts]) => [`  ${folder}`, counts] as const),
	]);
	const cells = [
		['', 'passed', 'failed', 'skipped'],
		...lines.map(([name, {passed, failed, skipped}]) => [name, ...[passed, failed, skipped].map(String)]),
	];
	const first = Math.max(...cells.map(([name]) => name!.length));
	return cells
		.map(([name, ...numbers]) => [name!.padEnd(first), ...numbers.map(number => number.padStart(8))].join(''))
		.join('\n');
}
