import {spawnSync} from 'node:child_process';
import {availableParallelism} from 'node:os';
import process from 'node:process';
import {defineConfig} from 'vitest/config';

// Limits are for a quiet machine. Load may come at any time, so three times as long is always waited, and longer where this machine is
// slow or busy already: told by how long Node takes to start and end.
process.env.VIRSNAP_TEST_PATIENCE ??= String(Math.min(3 * Math.max(1, startOfNode() / 60), 30));
const {atMost} = await import('./test/helpers/patience.ts');

/** Of these each worker has one lab, which its tests share. */
const stories = ['test/stories/**/*.test.ts', 'test/traps/**/*.test.ts'];

/** No machine, no daemon, nothing that outlives a test. */
const pure = ['core', 'commands', 'docs', 'ui', 'programs'].map(folder => `test/${folder}/**/*.test.{ts,tsx}`);

export default defineConfig({
	test: {
		testTimeout: atMost(60),
		hookTimeout: atMost(60),
		teardownTimeout: atMost(20),
		expect: {poll: {timeout: atMost(20)}},
		// Tests on machines wait as often as they compute: two more than there are cores.
		maxWorkers: availableParallelism() + 2,
		// Emulated machines on a busy builder can miss a deadline: there a test may try once more, and the report says that it did.
		retry: process.env.CI ? 1 : 0,
		projects: [
			// Not isolated: one worker runs many files, with what they have in common loaded (and their lab started) once.
			{extends: true, test: {name: 'stories', include: stories, isolate: false}},
			{extends: true, test: {name: 'pure', include: pure, isolate: false}},
			{extends: true, test: {name: 'others', include: ['test/**/*.test.{ts,tsx}'], exclude: [...stories, ...pure]}},
		],
	},
});

/** Milliseconds; the middle one of five. */
function startOfNode(): number {
	const times = Array.from({length: 5}, () => {
		const started = performance.now();
		spawnSync(process.execPath, ['-e', '0']);
		return performance.now() - started;
	});
	return times.toSorted((a, b) => a - b)[2]!;
}
