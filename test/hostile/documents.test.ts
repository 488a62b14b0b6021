/** Documents and images that lie: read for what they are worth, or refused; never for ever, and never with all the memory. */
import {mkdtemp, open, rm, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {withoutSecrets, withSecrets} from '../../source/core/domain-xml/secrets.ts';
import {snapshotSources, withSources} from '../../source/core/domain-xml/sources.ts';
import {parseDomainXml} from '../../source/libvirt/domain-xml.ts';
import {snapshotParser} from '../../source/libvirt/snapshot-xml.ts';
import {localImages} from '../../source/qemu/local-images.ts';
import {parseQcow2, readQcow2Bytes} from '../../source/qemu/qcow2.ts';
import {readQuickly} from '../../source/qemu/quick-chain.ts';
import {signatureOf} from '../../source/qemu/signature.ts';
import {atMost} from '../helpers/patience.ts';
import {runs, text} from './texts.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-hostile-'));
});
afterAll(() => rm(folder, {recursive: true}));

/** What may stand in XML 1.0: no control characters, no halves of surrogate pairs. */
const legal = text.map(value =>
	value.replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|[\uFFFE\uFFFF]/gu, ''),
);
const escaped = (value: string) => value.replace(/[&<>"'\n\r\t]/g, sign => `&#${sign.codePointAt(0)};`);

/** A user may put elements of any name into a domain's metadata. */
const metadata = fc
	.array(
		fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'disk', 'devices', 'a:b', 'length'),
		{maxLength: 4},
	)
	.map(names => names.map(name => `<${name} ${name}="1"><devices/></${name}>`).join(''));

const domains = fc.record({name: legal, file: legal, next: legal, password: legal, metadata});
type Given = typeof domains extends fc.Arbitrary<infer T> ? T : never;

/** Names at which the XML parser threw, so that one domain hid all. */
const onceFailed = ['__proto__', 'constructor', 'toString'].map((name): [Given] => [
	{name, file: name, next: name, password: name, metadata: `<${name} ${name}="1"><devices/></${name}>`},
]);

function domainOf({name, file, password, metadata: inner}: Given): string {
	return `<domain type='kvm' id='3'>
  <name>${escaped(name)}</name>
  <uuid>11111111-2222-3333-4444-555555555555</uuid>
  <metadata>${inner}</metadata>
  <devices>
    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2'/>
      <source file='/${escaped(file)}'/>
      <target dev='vda' bus='virtio'/>
    </disk>
    <graphics type='vnc' passwd='${escaped(password)}'/>
  </devices>
</domain>
`;
}

describe('domain XML', () => {
	test('another source is put in, and everything else comes out as it went in', () => {
		fc.assert(
			fc.property(domains, given => {
				const before = domainOf(given);
				const file = `/${given.next}`;
				const after = withSources(before, new Map([['vda', {file, format: 'raw'}]]));
				expect(parseDomainXml(after)).toMatchObject({name: given.name, id: 3, disks: [{source: file, format: 'raw'}]});
				const again = withSources(after, new Map([['vda', {file: `/${given.file}`, format: 'qcow2'}]]));
				expect(parseDomainXml(again)).toEqual(parseDomainXml(before));
				expect(again.includes(given.metadata)).toBe(true);
				expect(snapshotSources(`<domainsnapshot>${after}</domainsnapshot>`)[0]).toMatchObject({source: file});
			}),
			{numRuns: runs(), examples: onceFailed},
		);
	});

	test('a receipt keeps no password, and a definition gets it back', () => {
		fc.assert(
			fc.property(domains, given => {
				const before = domainOf(given);
				const kept = withoutSecrets(before);
				expect(kept).not.toContain(`passwd='${escaped(given.password)}'`);
				expect(withSecrets(kept, before)).toBe(before);
			}),
			{numRuns: runs()},
		);
	});

	test('what is broken is an error, whatever is broken', () => {
		fc.assert(
			fc.property(domains, fc.nat(), fc.nat(), text, (given, from, length, put) => {
				const whole = domainOf(given);
				const at = from % whole.length;
				const broken = whole.slice(0, at) + put + whole.slice(at + (length % 40));
				for (const read of [
					parseDomainXml,
					snapshotParser(),
					snapshotSources,
					(xml: string) => withSources(xml, new Map()),
				]) {
					try {
						read(broken);
					} catch (error) {
						expect(error).toBeInstanceOf(Error);
					}
				}
			}),
			{numRuns: runs()},
		);
	});

	test('huge documents take a moment, and no more', () => {
		const deep = `<domain><devices>${'<a>'.repeat(20_000)}${'</a>'.repeat(20_000)}</devices></domain>`;
		const wide = `<domain><name>x</name><description>${'&amp;'.repeat(500_000)}</description></domain>`;
		const started = performance.now();
		for (const xml of [deep, wide]) {
			try {
				parseDomainXml(xml);
			} catch (error) {
				expect(error).toBeInstanceOf(Error);
			}
		}

		expect(performance.now() - started).toBeLessThan(atMost(10));
	});
});

/** A version 3 header with a snapshot table behind it. */
function header(count: number, offset: bigint): Buffer {
	const bytes = Buffer.alloc(65_536);
	bytes.writeUInt32BE(0x514649fb, 0);
	bytes.writeUInt32BE(3, 4);
	bytes.writeUInt32BE(16, 20);
	bytes.writeBigUInt64BE(1n << 24n, 24);
	bytes.writeUInt32BE(count, 60);
	bytes.writeBigUInt64BE(offset, 64);
	bytes.writeUInt32BE(104, 100);
	return bytes;
}

function tableOf(count: number, name = (index: number) => `s${index}`): Buffer {
	return Buffer.concat(
		Array.from({length: count}, (_, index) => {
			const tag = Buffer.from(name(index));
			const id = Buffer.from(String(index + 1));
			const entry = Buffer.alloc(Math.ceil((40 + 16 + id.length + tag.length) / 8) * 8);
			entry.writeUInt16BE(id.length, 12);
			entry.writeUInt16BE(tag.length, 14);
			entry.writeUInt32BE(16, 36);
			id.copy(entry, 56);
			tag.copy(entry, 56 + id.length);
			return entry;
		}),
	);
}

async function imageOf(...parts: readonly Buffer[]): Promise<string> {
	const file = path.join(folder, `${Math.random()}.qcow2`);
	await writeFile(file, Buffer.concat(parts));
	return file;
}

async function readAll(file: string) {
	const handle = await open(file);
	try {
		const bytes = await readQcow2Bytes(handle);
		return bytes && {bytes, parsed: parseQcow2(bytes)};
	} finally {
		await handle.close();
	}
}

const megabyte = 1024 ** 2;

describe('qcow2', () => {
	test('thousands of snapshots', async () => {
		const file = await imageOf(header(5000, 65_536n), tableOf(5000));
		expect((await readAll(file))?.parsed?.snapshots).toHaveLength(5000);
	});

	test('invalid UTF-8 in a tag', async () => {
		const table = tableOf(1, () => 'abc');
		table.writeUInt8(0xff, 57);
		const found = (await readAll(await imageOf(header(1, 65_536n), table)))?.parsed?.snapshots[0];
		expect(found?.tag).toContain('\uFFFD');
	});

	test('a count of four thousand millions in a file of many gigabytes is left to qemu-img, without reading them', async () => {
		const file = await imageOf(header(0xffffffff, 65_536n));
		await truncate(file, 40 * 1024 ** 3);
		const before = process.memoryUsage().arrayBuffers;
		const started = performance.now();
		const read = await readAll(file);
		expect(read?.parsed).toBeNull();
		expect(read!.bytes.table.length).toBeLessThan(80 * megabyte);
		expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(400 * megabyte);
		expect(performance.now() - started).toBeLessThan(atMost(5));
		await signatureOf(file);
		expect(await readQuickly(file, 'qcow2')).toBeNull();
	});

	test('an offset behind every end is no crash', async () => {
		const file = await imageOf(header(3, 0xffff_ffff_ffff_0000n));
		expect(await readQuickly(file, 'qcow2')).toBeNull();
		expect(typeof (await signatureOf(file))).toBe('string');
	});

	test('qemu-img says what is wrong with an image that lies', async () => {
		const file = await imageOf(header(0xffffffff, 65_536n));
		const chain = await localImages().chain(file, 'qcow2', {fresh: true});
		expect(chain.images).toEqual([]);
		expect(chain.failure).not.toBeNull();
	});

	test('whatever bytes are changed or missing', async () => {
		const whole = Buffer.concat([header(20, 4096n).subarray(0, 4096), tableOf(20)]);
		const file = path.join(folder, 'changed.qcow2');
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.tuple(fc.oneof(fc.nat(120), fc.nat(whole.length - 1)), fc.nat(255)), {maxLength: 6}),
				fc.nat(whole.length),
				async (changes, length) => {
					const bytes = Buffer.from(whole.subarray(0, length % 3 === 0 ? length : whole.length));
					for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
					await writeFile(file, bytes);
					const chain = await readQuickly(file, 'qcow2');
					for (const found of chain?.images[0]?.snapshots ?? []) expect(found.tag.length).toBeLessThan(70_000);
					expect(typeof (await signatureOf(file))).toBe('string');
				},
			),
			{numRuns: runs()},
		);
	});
});
