import {spawnSync} from 'node:child_process';
import process from 'node:process';
import {defineConfig} from 'vitest/config';

// Limits are for a quiet machine. Load may come at any time, so three times as long is always waited, and longer where this machine is
// slow or busy already: told by how long Node takes to start and end.
process.env.VIRSNAP_TEST_PATIENCE ??= String(Math.min(3 * Math.max(1, startOfNode() / 60), 30));
const {atMost} = await import('./test/helpers/patience.ts');

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		testTimeout: atMost(60),
		hookTimeout: atMost(60),
		teardownTimeout: atMost(20),
		maxWorkers: 2,
		// Emulated machines on a busy builder can miss a deadline: there a test may try once more, and the report says that it did.
		retry: process.env.CI ? 1 : 0,
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
