import {expect, test} from 'vitest';
import {sameHead} from '../../source/hypervisor/poll.ts';

const before = {name: 'web', id: 3, state: 'running'} as const;

test.each([
	['as it was', {}, true],
	['in another state', {state: 'paused'}, false],
	['renamed', {name: 'shop'}, false],
	['started again since, which its id tells alone', {id: 4}, false],
	['in a table that tells nothing', {id: null, state: 'no state'}, true],
] as const)('a domain that is %s', (_, now, same) => {
	expect(sameHead({uuid: 'u', persistent: true, managedSave: false, ...before, ...now}, before)).toBe(same);
});
