import {expect, test} from 'vitest';
import {progressWords} from '../../../source/core/words/progress.ts';

test.each([
	[0, 1, 'starting'],
	[0, 0, 'starting'],
	[0, 1024, '0 %, 0 B of 1 KiB'],
	[512, 1024, '50 %, 512 B of 1 KiB'],
])('%d of %d bytes', (doneBytes, totalBytes, words) => {
	expect(progressWords({doneBytes, totalBytes})).toBe(words);
});
