import {describe, expect, test} from 'vitest';
import {snapshotSources, withSources} from '../../../source/core/domain-xml/sources.ts';

const xml = `<domain type="kvm" xmlns:qemu="http://libvirt.org/schemas/domain/qemu/1.0">
  <name>a &amp; b &lt;&#10;&quot;c&quot;</name>
  <!-- kept & not read -->
  <metadata><app:x xmlns:app="urn:x" app:y="&apos;"> 007 <![CDATA[<raw> & ]]></app:x></metadata>
  <description>  two
  lines </description>
  <devices>
    <emulator>/usr/bin/qemu</emulator>
    <disk type="block" device="disk">
      <driver name="qemu" type="raw" cache="none"/>
      <source dev="/dev/vg/web" index="2"/>
      <backingStore type="file"><format type="raw"/><source file="/old"/></backingStore>
      <target dev="vda" bus="virtio"/>
      <boot order="1"/>
    </disk>
    <disk type="file" device="cdrom"><target dev="sda" bus="sata"/><readonly/></disk>
  </devices>
  <qemu:commandline><qemu:arg value="-set"/><qemu:arg value="a=&quot;b&quot;"/></qemu:commandline>
</domain>`;

describe('withSources', () => {
	test('nothing to change: everything comes out as it went in', () => {
		expect(withSources(xml, new Map())).toBe(xml);
	});

	test('single quotes become double ones, and a double one in them stays text', () => {
		expect(withSources(`<domain a='say "x"'/>`, new Map())).toBe('<domain a="say &quot;x&quot;"/>');
	});

	test('a source is replaced, its recorded chain dropped, all else kept', () => {
		const changed = withSources(xml, new Map([['vda', {file: `/i/a & "b" 'c' <d>,中.qcow2`, format: 'qcow2'}]]));
		expect(changed.slice(changed.indexOf('<disk'), changed.indexOf('<boot'))).toMatchInlineSnapshot(`
			"<disk type="file" device="disk">
			      <driver name="qemu" type="qcow2" cache="none"/>
			      <source file="/i/a &amp; &quot;b&quot; &apos;c&apos; &lt;d&gt;,中.qcow2"/>
			      <target dev="vda" bus="virtio"/>
			      "
		`);
		expect(changed.slice(0, changed.indexOf('<disk'))).toBe(xml.slice(0, xml.indexOf('<disk')));
		expect(changed.slice(changed.indexOf('<boot'))).toBe(xml.slice(xml.indexOf('<boot')));
	});

	test('a disk without a driver gets one', () => {
		const plain = `<domain><devices><disk type="file"><source file="/a"/><target dev="vda"/></disk></devices></domain>`;
		expect(withSources(plain, new Map([['vda', {file: '/b', format: 'qcow2'}]]))).toBe(
			'<domain><devices><disk type="file"><driver name="qemu" type="qcow2"/><source file="/b"/><target dev="vda"/></disk></devices></domain>',
		);
	});
});

describe('snapshotSources', () => {
	test('what each disk ran on, entities resolved', () => {
		const snapshot = `<domainsnapshot><disks><disk name='vda' snapshot='external'><source file='/new'/></disk></disks>${xml.replace('/dev/vg/web', '/dev/&amp;&#x4e2d;')}</domainsnapshot>`;
		expect(snapshotSources(snapshot)).toEqual([
			{target: 'vda', source: '/dev/&中', format: 'raw'},
			{target: 'sda', source: null, format: 'raw'},
		]);
	});

	test('no XML, no disks', () => {
		expect(snapshotSources('')).toEqual([]);
	});
});
