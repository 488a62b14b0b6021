import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import {type CapabilityId, can, capabilities} from '../../../source/core/model/capabilities.ts';
import {chained, image} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';

const source = path.join(import.meta.dirname, '../../../source');
const files = (await readdir(source, {recursive: true})).filter(file => /\.tsx?$/.test(file));
const texts = new Map(
	await Promise.all(files.map(async file => [file, await readFile(path.join(source, file), 'utf8')] as const)),
);

test.each(Object.keys(capabilities))('a planner asks for %s', id => {
	const asking = [...texts].filter(([file, text]) => !file.endsWith('capabilities.ts') && text.includes(`'${id}'`));
	expect(asking).not.toEqual([]);
});

test('versions are compared nowhere else', () => {
	const comparing = [...texts].filter(([, text]) => /'compare-versions'|atLeast\(/i.test(text)).map(([file]) => file);
	expect(comparing.sort()).toEqual(['core/model/capabilities.ts']);
});

test.each<[CapabilityId, string, boolean]>([
	['long-chains', '9.0.0', true],
	['long-chains', '10.8.0', false],
	['long-chains', '11.10.0', false],
	['long-chains', '12.0.0', true],
	['private-offline-overlays', '9.0.0', false],
	['external-delete', '9.0.0', true],
	['external-delete', '9.0.1', true],
	['external-delete', '8.9.9', false],
	['external-delete', 'odd', false],
	['external-delete', '', false],
	['private-offline-overlays', '11.9.0', false],
	['private-offline-overlays', '11.10.0', true],
])('%s on libvirt %s: %s', (id, libvirt, has) => {
	expect(can({libvirt, qemu: '9.0.0', externalSnapshots: true}, id)).toBe(has);
});

function warnings(like: FactsLike): string {
	const outcome = makePlan(facts(like), {verb: 'create', tag: 'x', method: 'external-offline'});
	return 'plan' in outcome ? outcome.plan.warnings.join('\n') : outcome.refusal.reason;
}

test('a chain that libvirt would not start is warned of before it is made', () => {
	const layers = Array.from({length: 24}, (_, index) => image(`/images/${index}.qcow2`));
	const [top, ...rest] = layers;
	const long = {disks: [chained('vda', top!, ...rest)]};
	expect(warnings({domain: long, host: {libvirt: '11.3.0'}})).toContain('vda then has 25 layers');
	expect(warnings({domain: long, host: {libvirt: '9.0.0'}})).not.toContain('layers');
	expect(warnings({host: {libvirt: '11.3.0'}})).not.toContain('layers');
});

test('an overlay that everybody could read is made private, or named with the command that mends it', () => {
	const told = warnings({host: {libvirt: '9.0.0', system: true, elsewhere: 'they are on far'}, root: true});
	expect(told).toContain('chmod 600 /images/vda.x.qcow2');
	expect(warnings({host: {libvirt: '9.0.0', system: true}, root: true})).not.toContain('chmod');
	expect(warnings({host: {libvirt: '11.10.0'}})).not.toContain('chmod');
	// Debian mends its 11.3: the version does not tell that a plain user could read it.
	for (const libvirt of ['9.0.0', '11.3.0', '11.10.0'])
		expect(warnings({host: {libvirt, system: true}, root: false})).toContain('readable by root and QEMU only');
	const outcome = makePlan(facts({host: {libvirt: '9.0.0', system: true}, root: true}), {
		verb: 'create',
		tag: 'x',
		method: 'external-offline',
	});
	expect('plan' in outcome && outcome.plan.steps.at(-1)!.argv).toEqual(['chmod', '600', '--', '/images/vda.x.qcow2']);
});

test.each(['10.9.0', '11.0.0'])(
	'on libvirt %s an overlay above an internal snapshot is not left to libvirt',
	libvirt => {
		const overlaid = {
			disks: [chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'))],
			snapshots: [snapshot('inner'), external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {parent: 'inner'})],
		};
		const plan = planFor(facts({domain: overlaid, host: {libvirt, externalSnapshots: true}}), {
			verb: 'delete',
			tag: 's',
		});
		expect(plan.steps.map(step => step.argv.join(' ')).join('\n')).not.toMatch(/snapshot-delete(?!.*--metadata)/);
		expect(plan.why.includes('can delete the image')).toBe(libvirt === '10.9.0');
	},
);

test.each(['7.0.0', '9.0.0'])(
	'libvirt %s: overlays of a volume are made while its domain runs, or that is refused',
	libvirt => {
		const volume = "<disk type='volume'><source pool='p' volume='vda.qcow2'/><target dev='vda'/></disk>";
		const running: FactsLike = {
			domain: {state: 'running', id: 1, disks: [chained('vda', image('/images/vda.qcow2'))]},
			inactiveXml: `<domain><devices>${volume}</devices></domain>`,
			host: {libvirt},
		};
		for (const method of ['external-live', 'external-full'] as const) {
			const outcome = makePlan(facts(running), {verb: 'create', tag: 'x', method});
			if (libvirt === '9.0.0') expect(outcome).toHaveProperty('plan');
			else expect(outcome).toHaveProperty('refusal.reason', expect.stringContaining('vda is a storage volume'));
		}
	},
);

test.each(['5.2.0', '7.2.0'])('QEMU %s: what a failed snapshot of several disks leaves is said beforehand', qemu => {
	const both = ['vda', 'vdb'].map(target => chained(target, image(`/images/${target}.qcow2`)));
	for (const disks of [both, both.slice(1)]) {
		const running = {state: 'running', id: 1, disks} as const;
		const plan = planFor(facts({domain: running, host: {qemu}}), {verb: 'create', tag: 'x', method: 'monitor'});
		expect(plan.warnings.join(' ').includes('leaves it in the disks before')).toBe(qemu === '5.2.0' && disks === both);
	}
});

test.each([
	['7.0.0', '/nvram/my copy_VARS.fd'],
	['9.0.0', '/nvram/my_copy_VARS.fd'],
])('libvirt %s: the variables of a clone are where libvirt looks for them', (libvirt, file) => {
	const firmware = {kind: 'uefi', nvram: {file: '/nvram/web_VARS.fd', format: 'raw'}} as const;
	const nvram = {path: '/nvram', freeBytes: 1e9, writable: true, entries: ['web_VARS.fd']};
	const made = facts({domain: {firmware}, host: {libvirt}});
	const plan = planFor(
		{...made, directories: {...made.directories, '/nvram': nvram}},
		{verb: 'clone', name: 'my copy'},
	);
	expect(plan.steps.flatMap(({argv}) => argv)).toContain(file);
});
