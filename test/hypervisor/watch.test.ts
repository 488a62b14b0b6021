import {expect, test} from 'vitest';
import {pauseAfter} from '../../source/hypervisor/watch.ts';

/** How often it looks within so many seconds after something happened. */
function looks(seconds: number, isWoken: boolean, took = 1): number {
	let [at, count] = [0, 0];
	while (at < seconds * 1000) at += took + pauseAfter(count++, took, isWoken);
	return count;
}

test('after something it looks often, then every two seconds, and after a quiet minute seldom', () => {
	expect(looks(1, true)).toBe(4);
	expect(looks(21, true) - looks(11, true)).toBe(5);
	expect(looks(360, true) - looks(120, true)).toBe(8);
});

test('where it would not be woken it looks every two seconds', () => {
	expect(looks(360, false) - looks(120, false)).toBeGreaterThan(115);
});

test('what takes long is done seldom', () => {
	expect(looks(100, true, 1000)).toBeLessThan(10);
});
