import {expect, test} from 'vitest';
import {snapshot} from '../facts/snapshot.ts';
import {run, web} from './fake.ts';

const definition = (memory: number) =>
	`<domain type='kvm'><name>web</name><memory unit='KiB'>${memory}</memory></domain>`;
const record = (tag: string, memory: number) =>
	`<domainsnapshot><name>${tag}</name>${definition(memory)}</domainsnapshot>`;
const [before] = web.snapshots;
const after = snapshot('after', {disks: before!.disks.map(disk => ({...disk, id: '2'}))});
const both = {...web, snapshots: [before!, after]};
const snapshotXml = {before: record('before', 1024), after: record('after', 2048)};
const sizes = new Map([
	[
		before!.disks[0]!.file!,
		{reason: null, snapshots: [{id: '1', tag: 'before', ownBytes: 0, sinceBytes: 65_536, reason: null}]},
	],
]);

test('the definition as a unified diff, and how much of each disk differs', async () => {
	const {status, stdout, stderr} = await run(['diff', 'web', 'before', 'after'], {
		domains: [both],
		facts: {snapshotXml},
		difference: [{target: 'vda', changedBytes: 131_072, reason: null}],
	});
	expect([status, stderr]).toEqual([0, '']);
	expect(stdout).toBe(
		[
			'--- web, before',
			'+++ web, after',
			'@@ -1,4 +1,4 @@',
			' <domain type="kvm">',
			'   <name>web</name>',
			'-  <memory unit="KiB">1024</memory>',
			'+  <memory unit="KiB">2048</memory>',
			' </domain>',
			'',
			'DISK  CHANGED',
			'vda   128 KiB',
			'',
		].join('\n'),
	);
});

test('against now, as JSON: disks as size has them', async () => {
	const {stdout} = await run(['diff', 'web', 'before', '--json'], {
		domains: [both],
		sizes,
		facts: {snapshotXml, inactiveXml: definition(1024)},
	});
	expect(JSON.parse(stdout)).toEqual({
		domain: 'web',
		from: 'before',
		to: null,
		definition: '',
		reason: null,
		disks: [{target: 'vda', changedBytes: 65_536, reason: null}],
	});
});

test('no such snapshot is refused, the second one too', async () => {
	for (const tags of [['gone'], ['before', 'gone']]) {
		const {status, stdout} = await run(['diff', 'web', ...tags, '--json'], {domains: [both]});
		expect([status, JSON.parse(stdout).refusal.code]).toEqual([3, 'not-found']);
	}
});
