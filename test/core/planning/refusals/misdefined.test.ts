import {expect, test} from 'vitest';
import type {Pending} from '../../../../source/core/model/disk.ts';
import {pendingRefusal} from '../../../../source/core/planning/refusals/misdefined.ts';
import {changedDisks, pendingOf} from '../../../../source/core/snapshots/definitions.ts';
import {asCommands, typedThere} from '../../../../source/core/words/remedy.ts';
import {disk} from '../../../facts/domain.ts';
import {facts, identity} from '../../../facts/facts.ts';

const [vda, vdb] = [disk('vda'), disk('vdb')];
const other = disk('vda', {source: '/images/other.qcow2'});
const linked = disk('vda', {source: '/pool/vda.qcow2'});
const identities = {
	'/images/vda.qcow2': identity('/images/vda.qcow2'),
	'/pool/vda.qcow2': identity('/images/vda.qcow2'),
};

test.each<[string, ReturnType<typeof disk>[], Pending | undefined]>([
	['as it is', [vda, vdb], undefined],
	['detached', [vdb], undefined],
	['one more', [vda, vdb, disk('vdc')], undefined],
	['a medium', [vda, vdb, disk('sda', {device: 'cdrom', source: '/images/a.iso'})], undefined],
	['a volume', [disk('vda', {type: 'volume', source: 'volume:images/vda.qcow2'}), vdb], undefined],
	['another bus', [{...vda, target: 'sda'}, vdb], {target: 'sda', source: '/images/vda.qcow2', same: true}],
	['another path', [linked, vdb], {target: 'vda', source: '/pool/vda.qcow2', same: true}],
	['another file', [other, vdb], {target: 'vda', source: '/images/other.qcow2', same: false}],
	[
		'exchanged',
		[
			{...vda, target: 'vdb'},
			{...vdb, target: 'vda'},
		],
		{target: 'vdb', source: '/images/vda.qcow2', same: true},
	],
	['twice', [vda, vdb, {...vda, target: 'vdc'}], {target: 'vdc', source: '/images/vda.qcow2', same: true}],
])('what the next definition has in place of vda: %s', (_, next, expected) => {
	const active = [vda, vdb, disk('sda', {device: 'cdrom', source: null})];
	expect(pendingOf(vda, changedDisks(active, next), {identities})).toEqual(expected);
});

test.each<[Pending | undefined, string | null, string | null]>([
	[undefined, null, null],
	[{target: 'sda', source: '/images/vda.qcow2', same: true}, null, 'Shut it down first (virsh'],
	[{target: 'sda', source: '/images/vda.qcow2', same: true}, '/images/vda.qcow2', 'Shut it down first (virsh'],
	[{target: 'vda', source: '/images/base.qcow2', same: false}, null, 'edit web): vda on /images/vda.qcow2.'],
	[{target: 'vda', source: '/images/base.qcow2', same: false}, '/images/base.qcow2', null],
])('%j, put on %s', (pending, file, remedy) => {
	const known = facts({domain: {state: 'running', disks: [disk('vda', pending ? {pending} : {}), vdb]}});
	expect(pendingRefusal(known, [{target: 'vdb', file: null}])).toBe(null);
	const refusal = pendingRefusal(known, [{target: 'vda', file}]);
	if (remedy === null) expect(refusal).toBe(null);
	else expect(asCommands(refusal!.remedy, typedThere)).toContain(remedy);
});
