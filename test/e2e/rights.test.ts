/** Least rights: a plain user on root's libvirtd, as in the group libvirt, and on his own. The test itself needs root to become one. */
import {chmod, readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {type Lab, startEmptyLab} from '../helpers/lab.ts';
import {type Ended, type SystemLab, startSystemLab} from '../helpers/system-lab.ts';
import {launcher} from './program.ts';

const asRoot = process.getuid?.() === 0;
const permissions = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

/** The mode and owner of a folder of receipts and of all that is in it. */
async function kept(state: string) {
	const folder = path.join(state, 'virsnap/receipts');
	const files = (await readdir(folder)).map(name => path.join(folder, name));
	const owners = await Promise.all([folder, ...files].map(async file => (await stat(file)).uid));
	return {
		count: files.length,
		folder: await permissions(folder),
		files: [...new Set(await Promise.all(files.map(permissions)))],
		owners: [...new Set(owners)],
	};
}

describe.skipIf(!asRoot)("on root's libvirtd", () => {
	let lab: SystemLab;
	const as = (...words: string[]) => lab.asUser([process.execPath, launcher, ...words], {env: uri()});
	const uri = () => ({LIBVIRT_DEFAULT_URI: lab.uri});
	const refused = async (reason: string, ...words: string[]) => {
		const {status, stderr, stdout} = await as(...words);
		expect(`${stdout}${stderr}`).toContain(reason);
		expect(`${stdout}${stderr}`).toMatch(/with sudo/);
		expect(status).toBe(3);
	};
	const done = ({status, stderr}: Ended) => {
		expect(stderr).toContain('verified');
		expect(status).toBe(0);
	};

	beforeAll(async () => {
		lab = await startSystemLab();
		for (const name of ['running', 'open', 'closed']) {
			const file = lab.image(`${name}.qcow2`);
			await execa('qemu-img', ['create', '-q', '-f', 'qcow2', file, '16M']);
			await chmod(file, name === 'closed' ? 0o600 : 0o644);
			await lab.define({name, disks: [{target: 'vda', file}]});
		}
		await lab.virsh('start', 'running');
	});
	afterAll(() => lab?.stop());

	test('outside of the group there is no connection, and the remedy names the group', async () => {
		const {status, stderr} = await lab.asUser([process.execPath, launcher, 'list'], {inGroup: false, env: uri()});
		expect(stderr).toContain('usermod -aG libvirt');
		expect(status).toBe(4);
	});

	test('every domain is listed; the image that cannot be read is named, with the reason and the remedy', async () => {
		const {status, stdout, stderr} = await as('list');
		for (const name of ['running', 'open', 'closed']) expect(stdout).toMatch(new RegExp(` ${name} `));
		expect(stderr).toContain(`${lab.image('closed.qcow2')}': Permission denied`);
		expect(stderr).toContain('usually with sudo');
		expect(stderr).not.toContain('open.qcow2');
		expect(status).toBe(0);
	});

	test('nothing is planned on an image that cannot be read', async () => {
		for (const method of ['libvirt-internal', 'external-offline', 'qemu-img'])
			await refused('Permission denied', 'create', 'closed', 't', '--method', method, '--yes');
	});

	test('qemu-img, with our rights, is refused what libvirt, with its own, can do', async () => {
		await refused('cannot be written to with your rights', 'create', 'open', 't', '--method', 'qemu-img', '--yes');
		done(await as('create', 'open', 't', '--method', 'libvirt-internal', '--yes'));
		done(await as('revert', 'open', 't', '--yes'));
		done(await as('delete', 'open', 't', '--yes'));
	});

	test('an overlay that only libvirt could read afterwards is not made; the proposal takes another method', async () => {
		for (const method of ['external-live', 'external-full'])
			await refused('readable by root and QEMU only', 'create', 'running', 't', '--method', method, '--yes');
		expect(await lab.virsh('snapshot-list', 'running', '--name')).toBe('');
		done(await as('create', 'running', 't', '--yes'));
		expect((await as('list', 'running')).stdout).toMatch(/ t .* internal .* ok$/m);
	});

	test('so it is of a domain that is shut off: libvirt’s version does not tell who may read its overlays', async () => {
		await refused('readable by root and QEMU only', 'create', 'open', 't', '--method', 'external-offline', '--yes');
		expect(await lab.virsh('snapshot-list', 'open', '--name')).toBe('');
	});

	test('new overlays in a folder that is not ours are refused before the first step', async () => {
		const overlay = lab.image('open.base.qcow2');
		await lab.virsh('snapshot-create-as', 'open', 'base', '--disk-only', `--diskspec=vda,file=${overlay}`);
		await chmod(overlay, 0o644);
		const native = (await lab.virsh('capabilities')).includes('<externalSnapshot');
		const reason = native ? 'readable by root and QEMU only' : 'cannot be written to with your rights';
		await refused(reason, 'revert', 'open', 'base', '--yes');
		expect(await readdir(path.dirname(overlay))).toHaveLength(4);
	});

	test('power and managed save are libvirt’s, and work', async () => {
		done(await as('save', 'running', '--yes'));
		done(await as('restore', 'running', '--yes'));
	});

	test('receipts are in the home of who acted, and for nobody else', async () => {
		const {uid} = await stat(lab.home);
		const receipts = await kept(path.join(lab.home, '.local/state'));
		expect(receipts).toMatchObject({folder: '700', files: ['600'], owners: [uid]});
		expect(receipts.count).toBeGreaterThan(4);
	});
});

describe.skipIf(!asRoot)('on his own libvirtd', () => {
	let lab: Lab;
	const as = async (...words: string[]): Promise<Ended> => {
		const {uid, gid} = lab.user!;
		const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--'];
		const {exitCode, stdout, stderr} = await execa('setpriv', [...identity, process.execPath, launcher, ...words], {
			env: lab.env,
			cwd: lab.folder,
			reject: false,
			stdin: 'ignore',
		});
		return {status: exitCode ?? -1, stdout, stderr};
	};
	const does = async (...words: string[]) => {
		const {status, stderr} = await as(...words, '--yes');
		expect(stderr).toContain('verified');
		expect(status).toBe(0);
	};

	beforeAll(async () => {
		lab = await startEmptyLab();
		const file = await lab.createImage('own.qcow2');
		await lab.define({name: 'own', disks: [{target: 'vda', file}]});
	});
	afterAll(() => lab?.stop());

	test('all of it works, and what is made is private', async () => {
		await does('create', 'own', 'inside', '--method', 'qemu-img');
		await does('revert', 'own', 'inside');
		await does('delete', 'own', 'inside');
		await lab.virsh('start', 'own');
		await does('create', 'own', 'full', '--method', 'external-full');
		expect(await permissions(lab.image('own.full.qcow2'))).toBe('600');
		expect(await permissions(lab.image('own.full.memory'))).toBe('600');
		await lab.virsh('destroy', 'own');
		await does('revert', 'own', 'full');
		const files = await readdir(path.join(lab.folder, 'images'));
		const made = files.filter(name => name !== 'own.qcow2');
		for (const name of made) expect(`${name} ${await permissions(lab.image(name))}`).toBe(`${name} 600`);
		// The memory and the new overlay; the old one is still there where virsnap has reverted, and not libvirt.
		expect(made).toContain('own.full.memory');
		expect(made.length).toBeGreaterThan(1);
		const {uid} = lab.user!;
		expect(await kept(path.join(lab.folder, '.local/state'))).toMatchObject({
			folder: '700',
			files: ['600'],
			owners: [uid],
		});
	});
});
