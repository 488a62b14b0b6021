/** What a diff compares: definitions as lines without passwords, and disks by what lies between. */
import {expect, test} from 'vitest';
import {betweenParts, definitionsOf} from '../../../source/core/snapshots/contents/difference.ts';
import {chained, domain, image} from '../../facts/domain.ts';
import {snapshot} from '../../facts/snapshot.ts';

const record = (inside: string) => `<domainsnapshot><name>s</name>${inside}</domainsnapshot>`;
const defined = (memory: number) =>
	`<domain type='kvm'>\n  <name>web</name>\n\n  <memory unit='KiB'>${memory}</memory>\n <devices><graphics type='vnc' passwd='geheim'/></devices></domain>`;

test('the definition for the next start is compared where the record has two', () => {
	const active = "<domain type='kvm' id='3'><name>web</name></domain>";
	const inactive = defined(1).replaceAll('domain', 'inactiveDomain');
	const snapshotXml = {s: record(active + inactive), old: record(active)};
	const one = definitionsOf({snapshotXml, inactiveXml: defined(2)}, snapshot('s'), null);
	expect(one).toEqual({
		before: [
			'<domain type="kvm">',
			'  <name>web</name>',
			'  <memory unit="KiB">1</memory>',
			'  <devices>',
			'    <graphics type="vnc" passwd="virsnap-left-out-0"/>',
			'  </devices>',
			'</domain>',
			'',
		].join('\n'),
		after: expect.stringContaining('<memory unit="KiB">2</memory>'),
	});
	expect(JSON.stringify(one)).not.toContain('geheim');
	expect(definitionsOf({snapshotXml, inactiveXml: ''}, snapshot('s'), snapshot('old'))).toMatchObject({
		after: '<domain type="kvm" id="3">\n  <name>web</name>\n</domain>\n',
	});
});

test('a snapshot that only the image knows has none', () => {
	expect(definitionsOf({snapshotXml: {}, inactiveXml: defined(2)}, snapshot('s', {libvirt: false}), null)).toEqual({
		reason: "s has no definition: only libvirt's own snapshots record one.",
	});
});

const [part] = snapshot('s').disks;
const layered = domain({
	disks: [chained('vda', image('/images/vda.b'), image('/images/vda.a'), image('/images/vda.qcow2'))],
});
const external = (source: string) => ({...part!, kind: 'external' as const, id: null, source});

test.each([
	['two in one image are read', {...part!, id: '1'}, {...part!, id: '2'}, {file: part!.file, from: '1', to: '2'}],
	[
		'in two images',
		{...part!, id: '1'},
		{...part!, id: '2', file: '/other'},
		{reason: expect.stringContaining('same image')},
	],
	['of two kinds', {...part!, id: '1'}, external('/images/vda.qcow2'), {reason: expect.stringContaining('internal')}],
	['two overlays', external('/images/vda.qcow2'), external('/images/vda.a'), {changedBytes: 1024 ** 3}],
	['the other way round', external('/images/vda.a'), external('/images/vda.qcow2'), {changedBytes: 1024 ** 3}],
	['in no chain', external('/images/vda.qcow2'), external('/images/gone'), {changedBytes: null}],
])('%s', (_, from, to, expected) => {
	expect(betweenParts(layered, from, to)).toMatchObject(expected);
});
