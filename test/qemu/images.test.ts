import {link, mkdtemp, rename, rm, symlink, truncate, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {setImmediate} from 'node:timers/promises';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest';
import type {LoggedCommand} from '../../source/core/model/hypervisor.ts';
import {KeptChains} from '../../source/qemu/kept-chains.ts';
import {localImages} from '../../source/qemu/local-images.ts';
import {readChain} from '../../source/qemu/qemu-img.ts';
import {readQuickly} from '../../source/qemu/quick-chain.ts';
import {signatureOf} from '../../source/qemu/signature.ts';
import {hasZstd} from '../helpers/zstd.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);
const qemuImg = (...args: string[]) => execa('qemu-img', args, {cwd: folder});

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-images-'));
});

afterAll(() => rm(folder, {recursive: true}));

async function create(name: string, ...options: string[]): Promise<string> {
	await qemuImg('create', '-q', '-f', 'qcow2', ...options, name, '16M');
	return at(name);
}

describe('a chain', () => {
	test('active layer first, each with its own snapshots', async () => {
		const base = await create('base.qcow2');
		await qemuImg('snapshot', '-c', 'in "base"\n1', 'base.qcow2');
		const top = await create('top.qcow2', '-b', 'base.qcow2', '-F', 'qcow2');
		const chain = await readChain(top, 'qcow2');
		expect(chain).toMatchObject({failure: null, files: [top, base]});
		expect(chain.images).toMatchObject([
			{file: top, format: 'qcow2', virtualSizeBytes: 16 * 1024 ** 2, snapshots: []},
			{
				file: base,
				snapshots: [
					{id: '1', tag: 'in "base"\n1', vmSizeBytes: 0, vmClockNs: 0, createdAt: expect.stringMatching(/Z$/)},
				],
			},
		]);
		expect(chain.images[0]!.actualSizeBytes).toBeGreaterThan(0);
	});

	test('a missing backing file: the layers above it are shown all the same', async () => {
		await create('gone.qcow2');
		const middle = await create('middle.qcow2', '-b', 'gone.qcow2', '-F', 'qcow2');
		const top = await create('above.qcow2', '-b', 'middle.qcow2', '-F', 'qcow2');
		await rm(at('gone.qcow2'));
		const chain = await readChain(top, 'qcow2');
		expect(chain.images.map(image => image.file)).toEqual([top, middle]);
		expect(chain.failure).toBe(
			`backing file ${at('gone.qcow2')}: Could not open '${at('gone.qcow2')}': No such file or directory`,
		);
		expect(chain.files).toEqual([top, middle, at('gone.qcow2')]);
	});

	test('no such file, and a file that is something else', async () => {
		expect(await readChain(at('none.qcow2'), 'qcow2')).toEqual({
			images: [],
			failure: `Could not open '${at('none.qcow2')}': No such file or directory`,
			files: [at('none.qcow2')],
		});
		await writeFile(at('text'), 'x'.repeat(1000));
		expect((await readChain(at('text'), 'qcow2')).failure).toBe(
			`Could not open '${at('text')}': Image is not in qcow2 format`,
		);
	});

	test('what libvirt runs as raw is never taken for a qcow2', async () => {
		const inner = await create('inner.qcow2', '-b', 'base.qcow2', '-F', 'qcow2');
		const chain = await readChain(inner, 'raw');
		expect(chain.images).toMatchObject([{file: inner, format: 'raw', snapshots: []}]);
	});

	test('odd file names', async () => {
		const file = await create('a,b c "d" 快 -x.qcow2');
		expect((await readChain(file, 'qcow2')).images).toMatchObject([{file}]);
	});
});

describe('a chain read by ourselves is what qemu-img says', () => {
	const same = async (file: string, format: string) => {
		const quick = await readQuickly(file, format);
		expect(quick).toEqual(await readChain(file, format));
		return quick!;
	};

	test.each([['1.1'], ['0.10']])('snapshots of any name, compat %s', async compat => {
		const file = await create(`tags-${compat}.qcow2`, '-o', `compat=${compat}`);
		for (const tag of ['a', '快照', '2', 'two\nlines', '\u001B[31mred', ' x ', 'y'.repeat(250)]) {
			await qemuImg('snapshot', '-c', tag, file);
		}

		await qemuImg('snapshot', '-d', 'a', file);
		expect((await same(file, 'qcow2')).images[0]!.snapshots).toHaveLength(6);
	});

	test('memory and clock of a running machine', async () => {
		const file = await create('machine.qcow2');
		const machine = execa(
			'qemu-system-x86_64',
			[
				'-M',
				'none',
				'-nodefaults',
				'-display',
				'none',
				'-monitor',
				'stdio',
				'-blockdev',
				`driver=qcow2,node-name=n,file.driver=file,file.filename=${file}`,
			],
			{
				input: 'savevm first\nsavevm second\nquit\n',
			},
		);
		await machine;
		const [image] = (await same(file, 'qcow2')).images;
		expect(image!.snapshots.map(({tag}) => tag)).toEqual(['first', 'second']);
		expect(image!.snapshots.every(({vmSizeBytes}) => vmSizeBytes > 0)).toBe(true);
	});

	test('a tag that is no text, with its bytes', async () => {
		const file = await create('bytes.qcow2');
		await execa('sh', ['-c', `qemu-img snapshot -c "$(printf 'a\\377')" ${file}`]);
		const [image] = (await same(file, 'qcow2')).images;
		expect(image!.snapshots).toMatchObject([{tag: 'a\uFFFD', rawTag: '\\141\\377'}]);
	});

	test('the size that the disk had at each snapshot', async () => {
		const file = await create('grown.qcow2');
		await qemuImg('snapshot', '-c', 'small', file);
		await qemuImg('resize', '-q', file, '32M');
		await qemuImg('snapshot', '-c', 'large', file);
		const [image] = (await same(file, 'qcow2')).images;
		expect(image!.snapshots.map(({diskBytes}) => diskBytes)).toEqual([16 * 1024 ** 2, 32 * 1024 ** 2]);
		await qemuImg('snapshot', '-a', 'small', file);
		expect((await same(file, 'qcow2')).images[0]!.virtualSizeBytes).toBe(16 * 1024 ** 2);
	});

	test('overlays: beside their base, by a path that goes up, on raw', async () => {
		await create('floor.qcow2');
		await same(await create('first.qcow2', '-b', 'floor.qcow2', '-F', 'qcow2'), 'qcow2');
		await same(await create('second.qcow2', '-b', `../${path.basename(folder)}/first.qcow2`, '-F', 'qcow2'), 'qcow2');
		await writeFile(at('odd.raw'), 'x'.repeat(1000));
		await same(await create('on-raw.qcow2', '-b', at('odd.raw'), '-F', 'raw'), 'qcow2');
		await same(at('odd.raw'), 'raw');
	});

	test('features that do not matter', async () => {
		const zstd = hasZstd ? ',compression_type=zstd' : '';
		const features = `lazy_refcounts=on,extended_l2=on,cluster_size=64k${zstd}`;
		await same(await create('features.qcow2', '-o', features), 'qcow2');
		await same(await create('small.qcow2', '-o', 'cluster_size=4k'), 'qcow2');
	});

	test('what only QEMU can tell is left to it', async () => {
		const others = [
			await create('data-file.qcow2', '-o', `data_file=${at('data.raw')}`),
			at('above.qcow2'),
			at('text'),
			at('none.qcow2'),
			folder,
		];
		await qemuImg(
			'create',
			'-q',
			'-f',
			'qcow2',
			'-u',
			'-b',
			'json:{"driver":"qcow2","file.filename":"floor.qcow2"}',
			'-F',
			'qcow2',
			'json.qcow2',
			'16M',
		);
		const cut = at('cut-table.qcow2');
		await create('cut-table.qcow2');
		await qemuImg('snapshot', '-c', 'a', cut);
		await truncate(cut, 4 * 65_536);
		expect(await Promise.all([...others, at('json.qcow2'), cut].map(file => readQuickly(file, 'qcow2')))).toEqual(
			Array.from({length: 7}, () => null),
		);
		expect(await readQuickly(at('floor.qcow2'), 'vmdk')).toBeNull();
	});
});

describe('signature', () => {
	test('changes with every change of the snapshot table, even where count and offset are the same again', async () => {
		const file = await create('table.qcow2');
		const seen = [await signatureOf(file)];
		for (const command of ['-c a', '-c b', '-d b', '-c b', '-d b', '-c b']) {
			await qemuImg('snapshot', ...command.split(' '), file);
			seen.push(await signatureOf(file));
		}

		// Tables with `a` alone may be the same again, and so they should; those with another `b` are not.
		expect(seen.every((signature, index) => index === 0 || signature !== seen[index - 1])).toBe(true);
		expect(new Set([seen[2], seen[4], seen[6]]).size).toBe(3);
	});

	test('stays while the contents change', async () => {
		const file = await create('written.qcow2');
		await qemuImg('snapshot', '-c', 'a', file);
		const before = await signatureOf(file);
		await execa('qemu-io', ['-c', 'write 0 4M', file]);
		expect(await signatureOf(file)).toBe(before);
	});

	test('sees a long table to its end', async () => {
		const file = await create('long.qcow2');
		const tag = (index: number) => `${index}-${'x'.repeat(240)}`;
		// 60 entries of more than 300 bytes: beyond the first read.
		const loop = 'for tag; do qemu-img snapshot -c "$tag" "$0"; done';
		await execa('sh', ['-c', loop, file, ...Array.from({length: 60}, (_, index) => tag(index))]);
		const before = await signatureOf(file);
		await qemuImg('snapshot', '-d', tag(59), file);
		await qemuImg('snapshot', '-c', tag(59), file);
		expect(await signatureOf(file)).not.toBe(before);
	});

	test('changes with backing file and size', async () => {
		const file = await create('moved.qcow2');
		const signatures = [await signatureOf(file)];
		await qemuImg('resize', '-q', file, '32M');
		signatures.push(await signatureOf(file));
		await qemuImg('rebase', '-u', '-b', 'base.qcow2', '-F', 'qcow2', file);
		signatures.push(await signatureOf(file));
		expect(new Set(signatures).size).toBe(3);
	});

	test('of what is no image', async () => {
		expect(await signatureOf(at('nothing'))).toBe('ENOENT');
		await writeFile(at('empty'), '');
		expect(await signatureOf(at('empty'))).toMatch(/ 0$/);
		await writeFile(at('cut.qcow2'), Buffer.from([0x51, 0x46, 0x49, 0xfb]));
		expect(await signatureOf(at('cut.qcow2'))).toMatch(/ 4$/);
		await execa('mkfifo', [at('pipe')]);
		expect(await signatureOf(at('pipe'))).toMatch(/^special/);
	});
});

describe('reading local images', () => {
	function counted() {
		const log: LoggedCommand[] = [];
		return {images: localImages(command => log.push(command)), log};
	}

	test('an unchanged chain is read once; qemu-img is asked where it has to be fresh', async () => {
		const file = await create('once.qcow2');
		const {images, log} = counted();
		const first = await images.chain(file, 'qcow2');
		expect(await images.chain(file, 'qcow2')).toBe(first);
		expect(await images.changed(new Set([file]))).toEqual(new Set());
		expect(log).toHaveLength(0);
		expect(await images.chain(file, 'qcow2', {fresh: true})).toEqual(first);
		expect(log).toMatchObject([
			{argv: ['qemu-img', 'info', '-U', '--output=json', '--backing-chain', '-f', 'qcow2', '--', file]},
		]);
	});

	test('a snapshot made by others is noticed, in a base as well', async () => {
		await create('under.qcow2');
		const file = await create('over.qcow2', '-b', 'under.qcow2', '-F', 'qcow2');
		const {images} = counted();
		await images.chain(file, 'qcow2');
		await qemuImg('snapshot', '-c', 'new', 'under.qcow2');
		expect(await images.changed(new Set([file]))).toEqual(new Set([file]));
		expect((await images.chain(file, 'qcow2')).images[1]!.snapshots).toHaveLength(1);
	});

	test('a snapshot made while a chain is read is noticed, in a base as well', async () => {
		const base = await create('read-under.qcow2');
		const file = await create('read-over.qcow2', '-b', base, '-F', 'qcow2');
		const {signal} = new AbortController();
		const chains = new KeptChains({
			async ask(one, format) {
				const read = await readChain(one, format);
				await qemuImg('snapshot', '-c', 'meanwhile', base);
				return read;
			},
			among: async files => files,
			signal,
			onStir: () => {},
		});
		expect((await chains.chain(file, 'qcow2', {fresh: true})).images[1]!.snapshots).toEqual([]);
		expect(await chains.changed(new Set([file]))).toEqual(new Set([file]));
	});

	test('what was missing and came back is noticed', async () => {
		const {images} = counted();
		expect((await images.chain(at('later.qcow2'), 'qcow2')).failure).toContain('No such file');
		await create('later.qcow2');
		expect(await images.changed(new Set([at('later.qcow2')]))).toEqual(new Set([at('later.qcow2')]));
	});

	test('growth is a change where it is worth looking at', async () => {
		const file = await create('growing.qcow2');
		const {images, log} = counted();
		const before = (await images.chain(file, 'qcow2')).images[0]!.actualSizeBytes;
		await execa('qemu-io', ['-c', 'write 0 4M', file]);
		expect(await images.changed(new Set([file]))).toEqual(new Set([file]));
		const after = (await images.chain(file, 'qcow2')).images[0]!.actualSizeBytes;
		expect(after - before).toBeGreaterThanOrEqual(4 * 1024 ** 2);
		expect(log).toHaveLength(0);
		expect(await images.changed(new Set([file]))).toEqual(new Set());
	});

	test('in a folder where nothing moves no image is looked at, and what moves there later is seen', async () => {
		const file = await create('quiet.qcow2');
		await link(file, at('quiet-too.qcow2'));
		const [base, other] = [await create('quiet-base.qcow2'), await create('quiet-other.qcow2')];
		const over = await create('quiet-over.qcow2', '-b', base, '-F', 'qcow2');
		await symlink(other, at('quiet-link.qcow2'));
		const active = new Set([file, over, at('quiet-link.qcow2')]);
		// As if all that were long ago: a file that was written to a moment ago is always opened.
		vi.useFakeTimers({toFake: ['Date'], now: Date.now() + 60_000});
		try {
			const {images} = counted();
			const settle = async () => {
				for (const one of active) await images.chain(one, 'qcow2');
				for (let look = 0; look < 4; look++) expect(await images.changed(active)).toEqual(new Set());
			};
			// At the first look, which is none of those that look at everything anyway.
			const noticed = async (one: string) => {
				for (let turn = 0; turn < 20; turn++) await setImmediate();
				expect(await images.changed(active)).toEqual(new Set([one]));
			};
			await settle();
			await qemuImg('snapshot', '-c', 'new', base);
			await noticed(over);
			await settle();
			await qemuImg('snapshot', '-c', 'new', at('quiet-too.qcow2'));
			await noticed(file);
			await settle();
			await qemuImg('snapshot', '-c', 'new', other);
			await noticed(at('quiet-link.qcow2'));
			await settle();
			await rename(over, at('quiet-gone.qcow2'));
			await noticed(over);
		} finally {
			vi.useRealTimers();
		}
	});

	test('images that are no longer of interest are forgotten', async () => {
		const file = await create('past.qcow2');
		const {images} = counted();
		await images.chain(file, 'qcow2');
		await images.changed(new Set());
		await truncate(file, 0);
		expect(await images.changed(new Set([file]))).toEqual(new Set());
	});

	test('missing files are those that are certainly not there', async () => {
		const {images} = counted();
		await symlink('/nonexistent', at('dangling'));
		const files = [at('once.qcow2'), at('nowhere'), at('once.qcow2/below'), at('dangling')];
		expect([...(await images.missing(files)).keys()]).toEqual(files.slice(1));
	});

	test('the file systems of files, as df has them, the one with the least room first', async () => {
		const {images} = counted();
		const other = await mkdtemp('/dev/shm/virsnap-images-');
		try {
			await Promise.all([writeFile(path.join(other, 'one'), ''), writeFile(path.join(other, 'two'), '')]);
			await execa('mkfifo', [at('waiting')]);
			const files = ['one', 'two'].map(name => path.join(other, name));
			const found = await images.fileSystems(['/dev/null', at('waiting'), ...files, at('once.qcow2'), at('nowhere')]);
			const {stdout} = await execa('df', ['--block-size=1', '--output=size', other, folder]);
			const [, ...sizes] = stdout.split('\n').map(Number);
			expect(new Map(found.map(({folder: on, bytes}) => [on, bytes]))).toEqual(
				new Map([
					[other, sizes[0]],
					[folder, sizes[1]],
				]),
			);
			expect(found[0]!.freeBytes).toBeLessThanOrEqual(found[1]!.freeBytes);
		} finally {
			await rm(other, {recursive: true});
		}
	});

	test('a folder: room, right to write, names', async () => {
		const {images} = counted();
		const found = await images.directory(folder);
		expect(found).toMatchObject({path: folder, writable: true});
		expect(found!.entries).toContain('once.qcow2');
		expect(found!.freeBytes).toBeGreaterThan(0);
		expect(await images.directory(at('nowhere'))).toBeNull();
	});
});

test('images of another machine are not looked for on this one', async () => {
	const remoteImages = localImages(undefined, undefined, async () => 'the image lies on another machine');
	expect(await remoteImages.chain('/etc/passwd', 'raw')).toEqual({
		images: [],
		failure: '/etc/passwd: the image lies on another machine',
		files: ['/etc/passwd'],
	});
	expect(await remoteImages.missing(['/nonexistent'])).toEqual(new Map());
	expect(await remoteImages.directory('/etc')).toBeNull();
	expect(await remoteImages.identities(['/etc/passwd'])).toEqual(new Map());
});

test('wrong counts are found, and what cannot be checked is passed over', async () => {
	const commands: LoggedCommand[] = [];
	const images = localImages(command => commands.push(command));
	const sound = await create('sound.qcow2');
	const leaking = await create('leaking.qcow2');
	await execa('qemu-io', ['-f', 'qcow2', '-c', 'write -P 1 0 1M', leaking]);
	const tags = ['-e', 'trace=fdatasync', '-e', 'inject=fdatasync:signal=KILL:when=2'];
	const torn = ['-f', '-qq', '-o', '/dev/null', ...tags, 'qemu-img', 'snapshot', '-c', 'torn', leaking];
	// strace counts in each thread by itself: where qemu-img took two of them, it was not killed.
	while ((await execa('strace', torn, {reject: false})).exitCode === 0)
		await execa('qemu-img', ['snapshot', '-d', 'torn', leaking]);
	const found = await images.miscounted([sound, leaking, at('not-there.qcow2')]);
	expect(found).toMatchObject([{file: leaking, leaks: expect.any(Number)}]);
	expect(found[0]!.leaks).toBeGreaterThan(0);
	// 2 and 3 are answers; that the third could not be opened is in the log.
	expect(commands.map(({error}) => error !== '').sort()).toEqual([false, false, true]);
	expect(commands.some(({changes}) => changes)).toBe(false);
	const elsewhere = localImages(undefined, undefined, async file => (file === leaking ? 'elsewhere' : null));
	expect(await elsewhere.miscounted([leaking])).toEqual([]);
});
