/** A guest that has really filled its memory, in one boot sector; and ways to slow down what QEMU then does with it. */
import {spawn} from 'node:child_process';
import {chown, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {type Lab, waitUntil} from '../helpers/lab.ts';
import {slowDown} from '../helpers/torn.ts';

const MiB = 1024 ** 2;

/**
 * Switches to protected mode, writes its own address into each page from 1 MiB up, and halts:
 * cli; A20 by port 0x92; lgdt; far jump; `mov %edi,(%edi)`, `add $0x1000,%edi` until `cmp $END,%edi`; hlt.
 */
const filler =
	'fa31c08ed8e4920c02e6920f0116587c0f20c00c010f22c0ea1d7c080066b810008ed8bf00001000893f81c70010000081ffEEEEEEEE72f0f4ebfd8d742600900000000000000000ffff0000009acf00ffff00000092cf001700407c0000';

/** Define and start it, on a disk of 1 GiB; resolves once all of its memory holds something. */
export async function startFilledGuest(lab: Lab, name: string, memoryMiB: number): Promise<void> {
	const sector = Buffer.alloc(512);
	// Just below the end is the firmware's own.
	const end = Buffer.alloc(4);
	end.writeUInt32LE((memoryMiB - 1) * MiB);
	sector.write(filler.replace('EEEEEEEE', end.toString('hex')), 'hex');
	sector.writeUInt16LE(0xaa55, 510);
	const raw = lab.image(`${name}.sector`);
	await writeFile(raw, sector);
	if (lab.user) await chown(raw, lab.user.uid, lab.user.gid);
	const file = await lab.createImage(`${name}.qcow2`, {size: '1G'});
	await lab.qemuImg('convert', '-n', '-f', 'raw', '-O', 'qcow2', raw, file);
	await lab.define({name, memoryMiB, disks: [{target: 'vda', file}]});
	await lab.virsh('start', '--domain', name);
	await waitUntil(() => isFilled(lab, name, memoryMiB), {seconds: 60});
}

/** Whether the last page that it fills holds what it wrote there. */
export async function isFilled(lab: Lab, name: string, memoryMiB: number): Promise<boolean> {
	const last = ((memoryMiB - 1) * MiB - 4096).toString(16).padStart(8, '0');
	return (await lab.monitor(name, `xp /1wx 0x${last}`)).endsWith(`0x${last}`);
}

/** QEMU's monitor by one virsh that stays: fast enough to catch a job in its first milliseconds. */
export type Monitor = {
	/** As if the disk that the memory is written to were slow: megabytes a second into this file, once it is being written, or as it is broken off. */
	slowMemoryDown(file: string, megabytes: number, isBrokenOff?: () => boolean): Promise<void>;
	/** As if the disk were slow: bytes per second of the block job that this begins. */
	slowBlockJobDown<T>(speed: number, begin: () => Promise<T>): Promise<T>;
	/** Lets the block job that is under way go as fast as it can. */
	freeBlockJob(): Promise<void>;
	close(): void;
};

export function openMonitor(lab: Lab, name: string): Monitor {
	const identity = lab.user ? {uid: lab.user.uid, gid: lab.user.gid} : {};
	const shell = spawn('virsh', ['-q'], {
		env: {...process.env, ...lab.env},
		stdio: ['pipe', 'pipe', 'inherit'],
		...identity,
	});
	const lines = createInterface({input: shell.stdout})[Symbol.asyncIterator]();

	// biome-ignore lint/suspicious/noExplicitAny: whatever QEMU answers
	async function qmp(execute: string, more: object = {}): Promise<any> {
		shell.stdin.write(`qemu-monitor-command --domain '${name}' '${JSON.stringify({execute, ...more})}'\n`);
		for (;;) {
			const {value, done} = await lines.next();
			if (done) throw new Error('virsh has ended');
			if (/^\{"(return|error)"/.test(value)) return JSON.parse(value);
		}
	}

	const qemu = async () => Number(await readFile(path.join(lab.folder, `run/libvirt/qemu/run/${name}.pid`), 'utf8'));
	async function setBlockJobSpeed(speed: number): Promise<void> {
		const job = await waitUntil(async () => (await qmp('query-block-jobs')).return[0], {every: 2});
		await qmp('block-job-set-speed', {arguments: {device: job.device, speed}});
	}

	return {
		async slowMemoryDown(file, megabytes, isBrokenOff = () => false) {
			// libvirt lifts all limits as it begins, and QEMU may be done before it listens: QEMU is slow until its writer is seen, and the
			// writer stands still until QEMU has its limit.
			const slow = await slowDown(await qemu(), 50, 'writev');
			let writer: number;
			try {
				writer = await waitUntil(() => processOf('libvirt_iohelper', file), {every: 2});
				process.kill(writer, 'SIGSTOP');
			} finally {
				await slow.end();
			}

			try {
				const isActive = async () => (await qmp('query-migrate')).return.status === 'active';
				await waitUntil(async () => isBrokenOff() || (await isActive()), {every: 2});
				// Below its downtime limit QEMU ends at full speed.
				await qmp('migrate-set-parameters', {arguments: {'max-bandwidth': megabytes * MiB, 'downtime-limit': 1}});
			} finally {
				process.kill(writer, 'SIGCONT');
			}
		},
		async slowBlockJobDown(speed, begin) {
			// A job can be limited only once there is one, and may be done by then.
			const slow = await slowDown(await qemu(), 50);
			const [begun] = await Promise.all([begin(), setBlockJobSpeed(speed)]).finally(() => slow.end());
			return begun;
		},
		freeBlockJob: () => setBlockJobSpeed(0),
		close: () => shell.stdin.end(),
	};
}

/** The process of this program that has this word among its arguments; null while there is none. */
export async function processOf(program: string, word: string): Promise<number | null> {
	for (const pid of (await readdir('/proc')).filter(entry => /^\d+$/.test(entry))) {
		const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
		if (words[0]!.endsWith(program) && words.includes(word)) return Number(pid);
	}
	return null;
}

/** What libvirt itself says of the domain's job now; null where there is none. */
export async function jobOf(
	lab: Lab,
	name: string,
): Promise<{left: number; total: number; milliseconds: number} | null> {
	const text = await lab.virsh('domjobinfo', '--domain', name, '--rawstats').catch(() => '');
	const field = (key: string) => Number(new RegExp(`^${key}: (\\d+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
	const [left, total] = [field('data_remaining'), field('data_total')];
	return total > 0 ? {left, total, milliseconds: field('time_elapsed')} : null;
}

/** What libvirt itself says of a disk's block job now; null where there is none. */
export async function blockJobOf(
	lab: Lab,
	name: string,
	target: string,
): Promise<{done: number; total: number} | null> {
	const text = await lab.virsh('blockjob', '--domain', name, '--path', target, '--raw');
	const [done, total] = [/\bcur=(\d+)/, /\bend=(\d+)/].map(pattern => Number(pattern.exec(text)?.[1] ?? 0));
	return total! > 0 ? {done: done!, total: total!} : null;
}
