/** A hypervisor whose files have the paths of files here and other contents: another host by an alias of libvirt.conf, or other mounts. */
import {createHash} from 'node:crypto';
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {hasPattern, writePattern} from '../../source/lab/pattern.ts';
import {type SshHost, startSshHost} from '../../source/lab/ssh-host.ts';
import {type Lab, startEmptyLab} from '../helpers/lab.ts';
import {netcat, withMountsOf} from '../helpers/troubled-host.ts';
import {launcher, programEnvironment} from './program.ts';

// Mounts are made for it.
describe.skipIf(process.getuid?.() !== 0)('the same paths, other contents', () => {
	let lab: Lab;
	let daemon: number;
	let file: string;
	/** What libvirt's daemon and the other host have in place of `file`. */
	let copy: string;

	beforeAll(async () => {
		lab = await startEmptyLab({inFront: ['unshare', '--mount', '--propagation', 'private']});
		daemon = Number(await readFile(path.join(lab.folder, 'libvirtd.pid'), 'utf8'));
		file = await lab.createImage('web.qcow2');
		await lab.define({name: 'web', disks: [{target: 'vda', file}]});
		await lab.virsh('snapshot-create-as', '--domain', 'web', '--name', 'point');
		const copies = path.join(lab.folder, 'copies');
		await mkdir(copies);
		await execa('cp', ['-a', file, copies]);
		copy = path.join(copies, 'web.qcow2');
		await takes(file, 0x11, 'here');
		await takes(copy, 0x22, 'there');
		await execa('nsenter', ['-t', String(daemon), '-m', '-r', 'mount', '--bind', copies, lab.image('.')]);
	});
	afterAll(() => lab?.stop());

	async function takes(image: string, byte: number, tag: string): Promise<void> {
		await writePattern(lab, image, byte);
		await lab.qemuImg('snapshot', '-c', tag, image);
	}

	async function startHost(name: string, virsnap: readonly string[] | null): Promise<SshHost> {
		const env = {XDG_CONFIG_HOME: lab.env.XDG_CONFIG_HOME!, XDG_STATE_HOME: path.join(lab.folder, 'state-there')};
		const host = await startSshHost(lab, {virsnap, host: name, env});
		await withMountsOf(host, daemon);
		return host;
	}

	/** The program where libvirt.conf has this URI as an alias, `near`, and by default. */
	async function whereNearIs(uri: string, ...words: string[]) {
		const settings = path.join(lab.folder, 'settings');
		await mkdir(settings, {recursive: true});
		await writeFile(path.join(settings, 'libvirt.conf'), `uri_aliases = ["near=${uri}"]\nuri_default = "near"\n`);
		const inside = 'mount --bind "$1" /etc/libvirt && shift && exec "$@"';
		const program = ['env', '-u', 'LIBVIRT_DEFAULT_URI', process.execPath, launcher, ...words];
		const options = {env: programEnvironment(lab), reject: false} as const;
		return execa('unshare', ['-m', 'sh', '-c', inside, 'sh', settings, ...program], options);
	}

	const sumOf = async (image: string) =>
		createHash('sha256')
			.update(await readFile(image))
			.digest('hex');
	const tagsIn = async (image: string) => {
		const {snapshots = []} = JSON.parse(await lab.qemuImg('info', '-U', '--output=json', image));
		return snapshots.map(({name}: {name: string}) => name);
	};

	test('another host with a virsnap: its files are read and written, none here', async () => {
		const {uri} = await startHost('far', [process.execPath, launcher]);
		const before = await sumOf(file);
		const near = (...words: string[]) => whereNearIs(uri, '-c', 'near', ...words);
		for (const listed of await Promise.all([near('list', '--json'), whereNearIs(uri, 'list', '--json')])) {
			const [{snapshots}] = JSON.parse(listed.stdout).domains;
			expect(snapshots.map(({tag}: {tag: string}) => tag).sort()).toEqual(['point', 'there']);
		}

		expect(await near('create', 'web', 'next', '--method', 'qemu-img', '--yes')).toMatchObject({exitCode: 0});
		expect(await tagsIn(copy)).toEqual(['point', 'there', 'next']);
		await writePattern(lab, copy, 0x33);
		expect(await near('revert', 'web', 'there', '--yes')).toMatchObject({exitCode: 0});
		expect(await hasPattern(lab, copy, 0x22)).toBe(true);
		expect(await near('delete', 'web', 'next', '--yes')).toMatchObject({exitCode: 0});
		expect(await tagsIn(copy)).toEqual(['point', 'there']);
		expect([await tagsIn(file), await sumOf(file)]).toEqual([['point', 'here'], before]);
	});

	const acts = [
		['create', 'web', 'next', '--method', 'qemu-img'],
		['create', 'web', 'next', '--method', 'external-offline'],
		['revert', 'web', 'point'],
		['delete', 'web', 'point'],
	];

	async function withoutVirsnap(): Promise<string> {
		const {uri, folder} = await startHost('bare', null);
		// libvirt's own way asks for netcat, which a host need not have.
		await writeFile(path.join(folder, 'bin/nc'), netcat, {mode: 0o755});
		return uri;
	}

	test.each([
		// That way each question is an ssh of its own.
		['another host without virsnap', withoutVirsnap, acts.slice(0, 1)],
		['a daemon here with mounts of its own', async () => lab.uri, acts],
	])('%s: nothing here is taken for the disk of its domain, and nothing is done', async (_, reach, tried) => {
		const uri = await reach();
		const before = await Promise.all([file, copy].map(sumOf));
		const {stdout} = await whereNearIs(uri, 'list', '--json');
		const [domain] = JSON.parse(stdout).domains;
		expect(domain.disks).toMatchObject([{source: file, chain: []}]);
		expect(domain.snapshots).toMatchObject([{tag: 'point', health: 'unchecked'}]);
		for (const words of tried) {
			const ended = await whereNearIs(uri, ...words, '--yes');
			expect(ended, words.join(' ')).toMatchObject({exitCode: 3});
		}

		expect(await Promise.all([file, copy].map(sumOf))).toEqual(before);
	});
});
