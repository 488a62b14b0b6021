import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		// Lab stories boot real machines under emulation on two cores: minutes of patience, never a sleep.
		testTimeout: 60_000,
		hookTimeout: 120_000,
		maxWorkers: 2,
		// Emulated machines on a busy builder can miss a deadline: there a test may try once more, and the report says that it did.
		retry: process.env.CI ? 1 : 0,
	},
});
