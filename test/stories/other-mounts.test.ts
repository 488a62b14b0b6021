/** A daemon that means other files by the same paths: it lives in a mount namespace of its own, as in a container. */
import {mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import {execa} from 'execa';
import {expect, test} from 'vitest';
import {makePlan} from '../../source/core/make-plan.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {type Lab, startEmptyLab} from '../helpers/lab.ts';

const asRoot = test.skipIf(process.getuid?.() !== 0);

async function inOtherMounts(tell: (lab: Lab, daemon: string) => Promise<void>): Promise<void> {
	const lab = await startEmptyLab({inFront: ['unshare', '--mount', '--propagation', 'private']});
	try {
		await tell(lab, (await readFile(path.join(lab.folder, 'libvirtd.pid'), 'utf8')).trim());
	} finally {
		await lab.stop();
	}
}

async function seen(lab: Lab, name: string) {
	const receipts = path.join(lab.folder, 'receipts');
	const hypervisor = openHypervisor({uri: lab.uri, env: lab.env, receipts});
	const uuid = (await lab.virsh('domuuid', '--domain', name)).trim();
	try {
		const facts = await hypervisor.facts(uuid);
		return {...facts, outcome: (intent: Intent) => makePlan(facts, intent)};
	} finally {
		await hypervisor.close();
	}
}

asRoot('with the same files under its paths all goes as usual', () =>
	inOtherMounts(async lab => {
		await lab.define({name: 'same', disks: [{target: 'vda', file: await lab.createImage('same.qcow2')}]});
		const {host, domain, outcome} = await seen(lab, 'same');
		expect(host.elsewhere).toBeNull();
		expect(domain.disks[0]).toMatchObject({unreadable: null, chain: [{file: lab.image('same.qcow2')}]});
		expect(outcome({verb: 'create', tag: 'point', method: 'qemu-img'})).toHaveProperty('plan');
	}),
);

asRoot('with other files under its paths nothing here is taken for them, whatever they hold', () =>
	inOtherMounts(async (lab, daemon) => {
		const file = await lab.createImage('other.qcow2');
		await lab.define({name: 'other', disks: [{target: 'vda', file}]});
		await lab.virsh('snapshot-create-as', '--domain', 'other', '--name', 'point');
		const copies = path.join(lab.folder, 'copies');
		await mkdir(copies);
		await execa('cp', ['-a', file, copies]);
		await execa('nsenter', ['-t', daemon, '-m', '-r', 'mount', '--bind', copies, lab.image('.')]);
		const {domain, directories, identities, kept, outcome} = await seen(lab, 'other');
		expect(domain.disks[0]).toMatchObject({chain: [], unreadable: {reason: expect.stringContaining('another file')}});
		expect(domain.snapshots).toMatchObject([{tag: 'point', health: 'unchecked'}]);
		expect(directories[lab.image('.').slice(0, -1)]).toBeUndefined();
		expect([identities[file], kept]).toEqual([undefined, []]);
		const intents: Intent[] = [
			{verb: 'create', tag: 'next', method: 'qemu-img'},
			{verb: 'create', tag: 'next', method: 'external-offline'},
			{verb: 'revert', tag: 'point'},
			{verb: 'delete', tag: 'point'},
		];
		for (const intent of intents)
			expect(outcome(intent), JSON.stringify(intent)).toMatchObject({
				refusal: {code: 'unreadable-image', reason: expect.stringContaining('another file')},
			});
	}),
);

asRoot('an alias in libvirt.conf that leads through a command is not this machine, whatever the alias looks like', () =>
	inOtherMounts(async lab => {
		await lab.define({name: 'far', disks: [{target: 'vda', file: await lab.createImage('far.qcow2')}]});
		const [settings, relay] = [path.join(lab.folder, 'settings'), path.join(lab.folder, 'relay')];
		const socket = path.join(lab.folder, 'run/libvirt/libvirt-sock');
		const piped = `const s = require('net').connect('${socket}'); process.stdin.pipe(s); s.pipe(process.stdout);`;
		await writeFile(relay, `#!${process.execPath}\n${piped}\n`, {mode: 0o755});
		await mkdir(settings);
		await writeFile(
			path.join(settings, 'libvirt.conf'),
			`uri_aliases = ["near=qemu+ext:///session?command=${relay}"]\nuri_default = "near"\n`,
		);
		const uuid = (await lab.virsh('domuuid', '--domain', 'far')).trim();
		const inside = 'mount --bind "$1" /etc/libvirt && shift && exec "$@"';
		const script = fileURLToPath(new URL('facts-of.ts', import.meta.url));
		// By its alias, and where no URI is given by the default of the same file.
		for (const uri of ['near', '']) {
			const asking = [process.execPath, script, uri, uuid, path.join(lab.folder, 'receipts')];
			const {stdout} = await execa('unshare', ['-m', 'sh', '-c', inside, 'sh', settings, ...asking]);
			expect(JSON.parse(stdout), `-c '${uri}'`).toMatchObject({
				elsewhere: expect.stringContaining('reached through ext'),
				disks: [{chain: [], unreadable: {reason: expect.stringContaining('another machine')}}],
				outcome: {refusal: {code: 'unsupported', reason: expect.stringContaining('ext')}},
			});
		}
	}),
);
