import {expect, test} from 'vitest';
import {snapshotParser} from '../../source/libvirt/snapshot-xml.ts';
import {fixture} from './fixture.ts';

test('an internal snapshot of a running domain, memory included', () => {
	expect(snapshotParser()(fixture('snapshot-internal.xml'))).toEqual({
		name: 'after-upgrade',
		description: expect.anything(),
		state: 'running',
		createdAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/),
		parent: 'before-upgrade',
		memory: {kind: 'internal', file: null},
		disks: [
			{target: 'vda', snapshot: 'internal', file: null, source: '/lab/images/DBHost-vda.qcow2'},
			{target: 'vdb', snapshot: 'internal', file: null, source: '/lab/images/DBHost-vdb.qcow2'},
		],
		revertFiles: [],
	});
});

test('an external snapshot names its overlay, its memory file and what the disk ran on before', () => {
	expect(snapshotParser()(fixture('snapshot-external-memory.xml'))).toMatchObject({
		name: 'tuesday',
		parent: 'monday',
		memory: {kind: 'external', file: '/lab/images/chain.tuesday.memory'},
		disks: [
			{
				target: 'vda',
				snapshot: 'external',
				file: '/lab/images/chain.tuesday.qcow2',
				source: '/lab/images/chain.monday.qcow2',
			},
		],
	});
});

test('names with quotes, markup and newlines', () => {
	expect(snapshotParser()(fixture('snapshot-quotes.xml')).name).toBe(`<b>&amp; "quoted" 'it'`);
	expect(snapshotParser()(fixture('snapshot-newline.xml')).name).toBe('new\nline');
});

test.each([
	['an element of theirs', '<b:copy xmlns:b="urn:b"><domain xmlns=""><devices/></domain></b:copy>'],
	['CDATA', '<b:copy xmlns:b="urn:b"><![CDATA[<domain></domain></metadata>]]></b:copy>'],
])("a domain whose metadata holds %s: its disks are libvirt's", (_, inside) => {
	const xml = fixture('snapshot-external-memory.xml');
	const [plain, hostile] = [xml, xml.replace(/<domain[^>]*>/, `$&<metadata>${inside}</metadata>`)].map(
		snapshotParser(),
	);
	expect(hostile).toEqual(plain);
	expect(snapshotParser()(xml.replace(/<domain[^>]*>/, '$&<metadata xmlns:o="urn:o"/>'))).toEqual(plain);
});

test('metadata without a domain, as old libvirt wrote it, and numbers as names', () => {
	const snapshot = snapshotParser()(
		'<domainsnapshot><name>007</name><description>a &lt;domain&gt; b</description><state>shutoff</state><creationTime>1</creationTime></domainsnapshot>',
	);
	expect(snapshot).toEqual({
		name: '007',
		description: 'a <domain> b',
		state: 'shutoff',
		createdAt: '1970-01-01T00:00:01.000Z',
		parent: null,
		memory: {kind: 'no', file: null},
		disks: [],
		revertFiles: [],
	});
});

test('a disk that nobody took is left out, but no drive, and none that nothing can write to', () => {
	const disk = (target: string, more = '', device = 'disk') =>
		`<disk type='file' device='${device}'><source file='/images/${target}'/><target dev='${target}'/>${more}</disk>`;
	const disks = [disk('vda'), disk('vdb'), disk('vdc', '<readonly/>'), disk('sda', '', 'cdrom'), disk('vdd')];
	const kinds = ['external', 'no', 'no', 'no', 'manual'];
	const names = ['vda', 'vdb', 'vdc', 'sda', 'vdd'];
	const parsed = snapshotParser()(
		`<domainsnapshot><name>s</name><disks>${names.map((name, at) => `<disk name='${name}' snapshot='${kinds[at]}'/>`).join('')}</disks><domain><devices>${disks.join('')}</devices></domain></domainsnapshot>`,
	);
	expect(parsed.disks.filter(({leftOut}) => leftOut).map(({target, source}) => [target, source])).toEqual([
		['vdb', '/images/vdb'],
		['vdd', '/images/vdd'],
	]);
});

test('each snapshot has the disks of its own definition, also behind one that has the same or others', () => {
	const read = snapshotParser();
	const text = fixture('snapshot-internal.xml');
	const other = text.replaceAll(/<source file='[^']*'/g, "<source file='/elsewhere.qcow2'");
	const sources = [text, text, other, text].map(xml => read(xml).disks[0]!.source);
	expect(sources).toEqual([sources[0], sources[0], '/elsewhere.qcow2', sources[0]]);
	expect(sources[0]).toMatch(/^\//);
});
