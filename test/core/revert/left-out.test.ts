/** Going back to a snapshot that does not hold every disk. */
import {describe, expect, test} from 'vitest';
import type {RevertIntent} from '../../../source/core/model/intent.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {chained, disk, image} from '../../facts/domain.ts';
import type {FactsLike} from '../../facts/facts.ts';
import {asked} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

const {planned, refused} = asked<RevertIntent>({verb: 'revert', tag: 'a'});

const left: Pick<Snapshot, 'leftOut'> = {leftOut: [{target: 'vdb', source: '/images/vdb.qcow2'}]};
const part = external('a', '/images/vda.a', '/images/vda.qcow2', left);
const vda = chained('vda', image('/images/vda.a'), image('/images/vda.qcow2'));
const vdb = disk('vdb');
const moved = chained('vdb', image('/images/vdb.b'), image('/images/vdb.qcow2'));
const native = {externalSnapshots: true, libvirt: '11.3.0'};

const like = (more: FactsLike = {}): FactsLike => ({
	...more,
	domain: {disks: [vda, vdb], snapshots: [part], ...more.domain},
});

const told = 'Not in the snapshot: vdb. What it holds stays as it is now, while vda goes back.';

describe.each([
	['by libvirt', native],
	['by new overlays', {}],
])('%s', (_, host) => {
	test('each disk that it does not hold is named', () => {
		const plan = planned(like({host}));
		expect(plan.leftOut).toEqual(['vdb']);
		expect(plan.warnings.filter(one => String(one).includes('vdb'))).toEqual([told]);
		expect(plan.expect).not.toContainEqual(expect.objectContaining({kind: 'source', target: 'vdb'}));
	});

	test('one that was detached since is not', () => {
		expect(planned(like({host, domain: {disks: [vda], snapshots: [part]}}))).not.toHaveProperty('leftOut');
	});
});

test('a disk that runs on another file by now is not put back on the one of then, which libvirt would do', () => {
	const newer = external('b', '/images/vdb.b', '/images/vdb.qcow2', {
		disks: [{target: 'vdb', kind: 'external', id: null, file: '/images/vdb.b', source: '/images/vdb.qcow2'}],
		current: true,
	});
	const plan = planned(like({host: native, domain: {disks: [vda, moved], snapshots: [part, newer]}}));
	expect(plan.why).toContain('would put vdb back on an earlier file as well, though the snapshot does not hold it');
	const define = plan.steps.find(({does}) => does.kind === 'define');
	expect(define?.does).toMatchObject({disks: [{target: 'vda'}]});
	expect(plan.steps.some(({does}) => does.kind === 'revert-snapshot')).toBe(false);
});

test('the same file by another name is no other file', () => {
	const renamed = {...disk('vdb', {source: '/links/vdb'}), chain: [image('/links/vdb')]};
	const identity = {id: '1', leadsTo: '1', bornAt: ''};
	const plan = planned(
		like({
			host: native,
			identities: {'/links/vdb': identity, '/images/vdb.qcow2': identity},
			domain: {disks: [vda, renamed], snapshots: [part]},
		}),
	);
	expect(plan.steps[0]?.does.kind).toBe('revert-snapshot');
});

test('a snapshot of the present that is taken first leaves out the same disk', () => {
	const plan = planned(like({host: native}), {safety: true});
	const first = plan.steps[0]!.does;
	expect(first).toMatchObject({
		kind: 'create-snapshot',
		disks: [
			{target: 'vda', snapshot: 'external'},
			{target: 'vdb', snapshot: 'no'},
		],
	});
});

test('memory that knows other contents of such a disk is told, and wants the tag typed', () => {
	const memory = {...part, memoryFile: '/images/a.memory', state: 'running'};
	const plan = planned(like({domain: {disks: [vda, vdb], snapshots: [memory]}}));
	expect(plan.confirm).toBe('a');
	expect(plan.warnings).toContain(
		`${told} The memory knows what vdb held then: resumed with other contents it destroys file systems there.`,
	);
	expect(planned(like()).confirm).toBeNull();
});

test('an internal snapshot of a domain that is shut off', () => {
	const inside = snapshot('a', left);
	const disks = [disk('vda', {chain: [image('/images/vda.qcow2')]}), disk('vdb', {snapshotPolicy: 'no'})];
	expect(planned({domain: {disks, snapshots: [inside]}}).warnings).toContain(told);
});

test('of a snapshot that one disk runs on and the other does not libvirt is not told that it is the current one', () => {
	const both = external('b', '/images/vda.b', '/images/vda.a', {
		parent: 'a',
		disks: [
			{target: 'vda', kind: 'external', id: null, file: '/images/vda.b', source: '/images/vda.a'},
			{target: 'vdb', kind: 'external', id: null, file: '/images/vdb.b', source: '/images/vdb.qcow2'},
		],
	});
	const back = chained('vda', image('/images/vda.now'), image('/images/vda.qcow2'));
	const images = {path: '/images', freeBytes: 2 ** 40, writable: true, entries: ['vda.a', 'vda.b']};
	const refusal = refused(
		{
			host: native,
			directories: {'/images': images},
			domain: {disks: [back, moved], snapshots: [{...part, current: true}, both]},
		},
		{tag: 'b'},
	);
	expect(refusal).toMatchObject({code: 'has-dependants', remedy: saying('--dir')});
});
