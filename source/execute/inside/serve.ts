/** Disks of a snapshot on unix sockets, for as long as somebody looks at them. */
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {connect} from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {setTimeout} from 'node:timers/promises';
import type {LoggedCommand, Served} from '../../core/model/hypervisor.ts';
import type {Export} from '../../core/snapshots/contents/exports.ts';
import {CommandError} from '../../libvirt/errors.ts';
import {runProgram} from '../../programs/run-program.ts';
import {changeOf, NoLongerThere} from './still-there.ts';

/** How often a socket is tried until qemu-nbd is there. */
const everyMs = 20;

type Serving = {
	/** Ends all of it. */
	readonly signal: AbortSignal;
	readonly env: Readonly<Record<string, string>>;
	readonly log?: ((command: LoggedCommand) => void) | undefined;
};

/**
 * Serve each on a socket in a folder that only this user may look into. The servers end with this process, whatever ends that.
 *
 * @throws {CommandError} with qemu-nbd's words, where one of them does not begin
 */
export async function serve(exports: readonly Export[], {signal, env, log}: Serving): Promise<Served> {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-open-'));
	const closing = new AbortController();
	const ends = AbortSignal.any([signal, closing.signal]);
	const servers = exports.map(({target, options}) => {
		// A target is a name of libvirt's (vda); the socket's path has to stay under 108 bytes.
		const socket = path.join(folder, `${target}.sock`);
		const argv = ['qemu-nbd', `--socket=${socket}`, ...options];
		const ended = runProgram(argv, {env, signal: ends, endsWithUs: true, log});
		return {target, socket, argv, ended};
	});
	const gone = Promise.all(servers.map(({ended}) => ended)).then(() => rm(folder, {recursive: true, force: true}));
	const close = () => {
		closing.abort();
		return gone;
	};
	const failed = Promise.race(
		servers.map(async ({argv, ended}) => {
			const {failure, exitCode} = await ended;
			return ends.aborted ? null : new CommandError(argv, exitCode, failure ?? 'qemu-nbd ended');
		}),
	);
	const change = changeOf(exports, ends);
	const begun = Promise.all(servers.map(({socket}) => answers(socket, ends))).then(() => null);
	const failure = await Promise.race([failed, begun]);
	if (failure) {
		await close();
		throw failure;
	}
	// Whoever copies from it then is to fail, and not to copy something else.
	const ended = Promise.race([failed, change]).then(async first => {
		if (!(first instanceof NoLongerThere)) return failed;
		await close();
		return first;
	});
	return {sockets: servers.map(({target, socket}) => ({target, socket})), ended, close};
}

/** Of the NBD protocol (doc/proto.md): client flags, then NBD_OPT_ABORT, so that the server sees no broken client. */
const goodbye = Buffer.from('0000000149484156454f50540000000200000000', 'hex');

/** Resolves when the server greets: it opens its socket before its image. */
async function answers(socket: string, ends: AbortSignal): Promise<void> {
	while (!ends.aborted) {
		const client = connect(socket);
		try {
			const [greeting] = await once(client, 'data', {signal: ends});
			if (!String(greeting).startsWith('NBDMAGIC')) continue;
			client.end(goodbye);
			await once(client.resume(), 'close', {signal: ends});
			return;
		} catch {
			await setTimeout(everyMs);
		} finally {
			client.destroy();
		}
	}
}
