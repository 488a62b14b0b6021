import {expect, test} from 'vitest';
import type {DomainState} from '../../source/core/model/domain.ts';
import {type Known, poll} from '../../source/hypervisor/poll.ts';
import type {Sources} from '../../source/inventory/sources.ts';
import type {DomainRow} from '../../source/libvirt/reader.ts';

const row = {uuid: 'u', name: 'web', persistent: true, managedSave: false} as const;
const known = new Map<string, Known>([
	['u', {head: {name: 'web', id: 3, state: 'running'}, names: {uuid: 'u', list: [], current: null}, files: []}],
]);

/** What libvirt lists now; images and metadata are as they were. */
function listing(id: number | null, state: DomainState): Sources {
	const rows: DomainRow[] = [{...row, id, state}];
	return {
		reader: {quiet: {domains: async () => rows}},
		images: {changed: async () => new Set()},
		metadata: {quiet: async () => new Set(['u']), settle: async () => {}},
	} as unknown as Sources;
}

test.each([
	['as it was', 3, 'running', []],
	['in another state', 3, 'paused', ['u']],
	['started again since, which its id tells alone', 4, 'running', ['u']],
	['in a table that tells nothing', null, 'no state', []],
] as const)('a domain that is %s', async (_, id, state, changed) => {
	expect(await poll(listing(id, state), known)).toEqual({changed, gone: []});
});
