/** Programs that die in the middle of what they write, killed as they begin the wanted one of their writes; or that write slowly. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {waitUntil} from './lab.ts';

/** Words that run the command behind them until its write `count`, counted from 1 (strace(1), "Tampering"). */
export const tornAt = (count: number): string =>
	tampering('pwrite64,pwritev,fdatasync', `signal=KILL:when=${count}`).join(' ');

/**
 * Attach to a process, and kill it as it begins the wanted one of these calls of the kernel, in whatever thread makes so many.
 * QEMU writes memory in many pieces, but waits for the disk (`fdatasync`) between the parts of a snapshot; libvirtd renames what it
 * has written.
 */
export async function tear(pid: number, calls: string, count: number): Promise<{end(): Promise<void>}> {
	return attached(pid, tampering(calls, `signal=KILL:when=${count}`));
}

/** Attach to a process, and let each of its writes wait first: to images, or by the `calls` given. */
export async function slowDown(
	pid: number,
	milliseconds: number,
	calls = 'pwrite64,pwritev',
): Promise<{end(): Promise<void>}> {
	return attached(pid, tampering(calls, `delay_enter=${milliseconds}ms`));
}

async function attached(pid: number, [program, ...args]: string[]): Promise<{end(): Promise<void>}> {
	const tracer = spawn(program!, [...args, '-p', String(pid)], {stdio: 'ignore'});
	await waitUntil(async () => /^TracerPid:\s+[1-9]/m.test(await readFile(`/proc/${pid}/status`, 'utf8')));
	return {end: () => gone(tracer)};
}

function tampering(calls: string, what: string): string[] {
	const inject = `inject=${calls}:${what}`;
	return ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject];
}

async function gone(tracer: ChildProcess): Promise<void> {
	if (tracer.exitCode !== null || tracer.signalCode !== null) return;
	const exit = once(tracer, 'exit');
	tracer.kill();
	await exit;
}
