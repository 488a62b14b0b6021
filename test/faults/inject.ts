/** The faults themselves: what is done to the world at a step, and how it is mended afterwards. */
import {existsSync} from 'node:fs';
import {chmod, chown, readFile, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import type {Domain} from '../../source/core/model/domain.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {type Lab, waitUntil} from '../helpers/lab.ts';
import {tear, tornAt} from '../helpers/torn.ts';
import {type Case, isLinkFault} from './cases.ts';
import {actOf, amend, isOtherAct} from './others.ts';
import type {Shim} from './shim.ts';
import type {Stage} from './stage.ts';

type Fault = {
	readonly arm: Parameters<Shim['arm']>[0];
	/** Done before the operation starts, instead. */
	readonly now?: () => Promise<unknown>;
	readonly repair: () => Promise<void>;
};

export async function faultOf(stage: Stage, wanted: Case, domain: Domain, plan: Plan): Promise<Fault> {
	const {fault, when, step} = wanted;
	if (isOtherAct(fault))
		return {arm: {step, when, act: actOf(stage, wanted, plan)}, repair: () => amend(stage, wanted)};
	const {lab, images, receipts} = stage;
	const nothing = async () => {};
	if (isLinkFault(fault)) return {arm: {step, when, act: stage.link!.cut}, repair: nothing};
	switch (fault) {
		case 'runner':
			return {arm: {step, when, act: 'kill -9 $PPID', instead: true}, repair: nothing};
		case 'runner and command':
			return {arm: {step, when, act: 'kill -9 $PPID $command'}, repair: nothing};
		case 'libvirtd': {
			const act = `kill -9 $(cat '${lab.folder}/libvirtd.pid')`;
			return {arm: {step, when, act}, repair: () => untilUp(lab)};
		}

		case 'QEMU': {
			const act = `kill -9 $(cat '${pidFile(stage)}')`;
			return {arm: {step, when, act}, repair: () => untilOff(stage)};
		}

		case 'torn write': {
			const act = '[ $status -lt 128 ] || kill -9 $PPID';
			return {arm: {step, when: 'after', act, through: tornAt(writeOf(wanted))}, repair: nothing};
		}

		case 'QEMU torn write': {
			const pid = Number(await readFile(pidFile(stage), 'utf8'));
			const tracer = await tear(pid, 'fdatasync', writeOf(wanted));
			const repair = async () => {
				await tracer.end();
				await untilOff(stage);
			};
			return {arm: {step, when, act: ':'}, repair};
		}

		case 'libvirtd torn write': {
			const pid = Number(await readFile(path.join(lab.folder, 'libvirtd.pid'), 'utf8'));
			const tracer = await tear(pid, 'rename,renameat,renameat2,unlink,unlinkat', writeOf(wanted));
			const repair = async () => {
				await tracer.end();
				await untilUp(lab);
			};
			return {arm: {step, when, act: ':'}, repair};
		}

		case 'disk full': {
			const filler = path.join(images, 'filler');
			const act = `dd if=/dev/zero of='${filler}' bs=4k 2>/dev/null; true`;
			return {arm: {step, when, act}, repair: () => rm(filler, {force: true})};
		}

		case 'unreadable': {
			const file = domain.disks.at(-1)!.source!;
			const {uid, gid, mode} = await stat(file);
			// root may read whatever its mode says, but a device that no driver has cannot be opened by anybody.
			const dead = path.join(stage.receipts, 'dead');
			const act = `[ ! -e '${file}' ] || { chown 0:0 '${file}'; chmod 0 '${file}'; mknod '${dead}' c 0 0; mount --bind '${dead}' '${file}'; }`;
			return {
				arm: {step, when, act},
				async repair() {
					// At once, even while somebody reads what is over it.
					await execa('umount', ['--lazy', file], {reject: false});
					// An earlier step may have removed it.
					if (!existsSync(file)) return;
					await chown(file, uid, gid);
					await chmod(file, mode & 0o7777);
				},
			};
		}

		case 'receipts full': {
			const filler = path.join(receipts, 'filler');
			const act = `dd if=/dev/zero of='${filler}' bs=1k 2>/dev/null; true`;
			return {
				arm: {step, when, act},
				now: () => execa('/bin/sh', ['-c', act]),
				repair: () => rm(filler, {force: true}),
			};
		}

		case 'receipts read-only':
			return {
				arm: {step, when, act: 'true'},
				now: () => execa('mount', ['-o', 'remount,ro', receipts]),
				repair: async () => void (await execa('mount', ['-o', 'remount,rw', receipts])),
			};
	}
}

/** Which of the writes it is cut off at: another one for each step and verb. */
function writeOf({step, verb}: Case): number {
	return 2 + ((step + verb.length) % 4);
}

const pidFile = ({lab, name}: Stage) => path.join(lab.folder, `run/libvirt/qemu/run/${name}.pid`);

async function untilUp(lab: Lab): Promise<void> {
	await waitUntil(() => answers(lab.virsh('list')), {every: 100}).catch(async (error: Error) => {
		const log = await readFile(path.join(lab.folder, 'libvirtd.log'), 'utf8');
		throw new Error(`${error.message}\n${log.split('\n').slice(-20).join('\n')}`);
	});
}

async function untilOff(stage: Stage): Promise<void> {
	await waitUntil(async () => {
		const state = await stage.lab.virsh('domstate', '--domain', stage.uuid);
		return state.trim() !== 'running' || !(await isQemuGone(stage));
	});
}

const answers = (question: Promise<unknown>) =>
	question.then(
		() => true,
		() => false,
	);

async function isQemuGone(stage: Stage): Promise<boolean> {
	const pid = await readFile(pidFile(stage), 'utf8').catch(() => '');
	if (pid === '') return false;
	const line = await readFile(`/proc/${pid.trim()}/stat`, 'utf8').catch(() => ' Z');
	return / Z/.test(line);
}
