/** Telling whether a process that was recorded once still runs: truthfully after its id was given away, and after a reboot. */
import {readdir, readFile, readlink} from 'node:fs/promises';
import type {ProcessMark} from '../../core/model/receipt.ts';

/** Every command of an operation has it in its environment, with the receipt's id. */
export const receiptVariable = 'VIRSNAP_RECEIPT';

/** Of this process. */
export async function ownMark(): Promise<ProcessMark> {
	const mark = await markOf(Number(await readlink('/proc/self')));
	if (mark === null) throw new Error('/proc does not know this process');
	return mark;
}

/** Null where no such process runs; one that has ended and only waits to be reaped does not. */
export async function markOf(pid: number): Promise<ProcessMark | null> {
	const [line, bootId] = await Promise.all([
		readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null),
		readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
	]);
	if (line === null) return null;
	// Counted after the program's name, which stands in brackets and may hold anything.
	const fields = line.slice(line.lastIndexOf(')') + 2).split(' ');
	if (fields[0] === 'Z' || fields[0] === 'X') return null;
	return {pid, startTicks: fields[19] ?? '', bootId: bootId.trim()};
}

/** Whether the very process that was marked still runs. */
export async function isAlive(mark: ProcessMark): Promise<boolean> {
	const now = await markOf(mark.pid);
	return now !== null && isSame(now, mark);
}

/** Whether two marks are of one process: the same id, start time and boot. */
export function isSame(one: ProcessMark, other: ProcessMark): boolean {
	return one.pid === other.pid && one.startTicks === other.startTicks && one.bootId === other.bootId;
}

/**
 * Whether one of these commands still runs for a receipt: it goes on when the process that started it is killed. Looked for by
 * argv as well as by environment, since a daemon that virsh starts inherits the environment.
 */
export async function commandsRun(receiptId: string, argvs: readonly (readonly string[])[]): Promise<boolean> {
	const wanted = argvs.map(argv => `\0${argv.slice(1).join('\0')}\0`);
	const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
	for (const pid of pids) {
		const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
		if (!wanted.some(words => line.endsWith(words))) continue;
		const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
		if (environment.split('\0').includes(`${receiptVariable}=${receiptId}`)) return true;
	}

	return false;
}
