/** One UI with as many hosts as nobody has in a room: what an agent of a real lab has sent, for each of them. */
import {type ChildProcess, spawn} from 'node:child_process';
import {once} from 'node:events';
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {frameOf, frameReader} from '../../source/hypervisor/agent/language/frames.ts';
import {fillBigLab} from '../../source/lab/big.ts';
import {type Lab, startEmptyLab} from '../../source/lab/lab.ts';
import {launch} from '../../test/helpers/pty.ts';
import {press, processFacts, untilQuiet} from './keys.ts';
import {environment, launcher, quit, untilShown} from './program.ts';
import {record} from './table.ts';
import {median} from './timing.ts';

type Sizes = {readonly hosts: number; readonly domains: number; readonly idleSeconds: number};

/** `domains`: of each host, with ten snapshots each. */
export async function measureManyHosts({hosts, domains, idleSeconds}: Sizes): Promise<void> {
	const lab = await startEmptyLab();
	let replay: ChildProcess | undefined;
	try {
		await fillBigLab(lab, {domains, snapshots: 10 * domains, disks: domains});
		const file = path.join(lab.folder, 'recorded');
		await writeFile(file, await recordAgent(lab, domains));
		const socket = path.join(lab.folder, 'replay.sock');
		replay = spawn(process.execPath, [fileURLToPath(new URL('replay-hosts.ts', import.meta.url)), socket, file], {
			stdio: ['pipe', 'pipe', 'inherit'],
		});
		await once(replay.stdout!, 'data');
		const group = `UI 100x30, ${hosts} hosts, ${hosts * domains} domains`;
		await measureUi(lab, group, await givenHosts(lab, socket, hosts), {idleSeconds, hosts, counts: countsOf(replay)});
	} finally {
		replay?.stdin?.end();
		await lab.stop();
	}
}

/** All that an agent sends until it has told everything. */
async function recordAgent(lab: Lab, domains: number): Promise<Buffer> {
	const agent = spawn(process.execPath, [launcher, 'agent'], {
		env: environment(lab),
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	const parts: Buffer[] = [];
	const whole = Promise.withResolvers<void>();
	let greeted = false;
	const read = frameReader(message => {
		const {view} = message as {view: {domains: unknown[]; pending: string[]}};
		if (view.domains.length === domains && view.pending.length === 0) whole.resolve();
	});
	agent.stdout.on('data', (bytes: Buffer) => {
		parts.push(bytes);
		const rest = greeted ? bytes : bytes.subarray(bytes.indexOf('\n') + 1);
		greeted = true;
		read(rest);
	});
	agent.stdin.write(frameOf({watch: true}));
	await whole.promise;
	agent.stdin.end();
	await once(agent, 'exit');
	return Buffer.concat(parts);
}

/** `-c` for each. What stands for ssh is a process of its own, as ssh is, and as little as can be. */
async function givenHosts(lab: Lab, socket: string, count: number): Promise<string[]> {
	const ssh = path.join(lab.folder, 'ssh');
	const copy = `
use Socket;
socket(my $line, PF_UNIX, SOCK_STREAM, 0) or die;
connect($line, sockaddr_un('${socket}')) or die;
my ($both, @ways) = ('', [$line, \\*STDOUT], [\\*STDIN, $line]);
vec($both, fileno($_->[0]), 1) = 1 for @ways;
while (1) {
	my $ready = $both;
	select($ready, undef, undef, undef);
	for (@ways) {
		my ($from, $to) = @$_;
		next unless vec($ready, fileno($from), 1);
		sysread($from, my $bytes, 65536) or exit;
		for (my $at = 0; $at < length $bytes;) { $at += syswrite($to, $bytes, length($bytes) - $at, $at) // exit }
	}
}
`;
	await writeFile(ssh, `#!/usr/bin/perl\n${copy}`, {mode: 0o755});
	const name = (index: number) => `h${String(index + 1).padStart(4, '0')}`;
	return Array.from({length: count}, (_, index) => [
		'-c',
		`qemu+ssh://${name(index)}/system?command=${encodeURIComponent(ssh)}`,
	]).flat();
}

type Counts = {readonly sent: number; readonly received: number};

const countsOf = (replay: ChildProcess) => async (): Promise<Counts> => {
	replay.stdin!.write('\n');
	const [line] = (await once(replay.stdout!, 'data')) as [Buffer];
	return JSON.parse(line.toString());
};

type Around = {readonly hosts: number; readonly idleSeconds: number; readonly counts: () => Promise<Counts>};

async function measureUi(lab: Lab, group: string, given: readonly string[], around: Around): Promise<void> {
	const {hosts, idleSeconds, counts} = around;
	const started = performance.now();
	const terminal = launch([launcher, ...given], {columns: 100, rows: 30, env: environment(lab)});
	try {
		await untilShown(terminal, /virsnap/, 600);
		record(group, 'first frame', performance.now() - started, 'ms');
		await untilShown(terminal, new RegExp(`${hosts} hosts: ${hosts} connected`), 600);
		record(group, 'all hosts connected', performance.now() - started, 'ms');
		await untilQuiet(terminal, 3000);
		record(group, 'full view', performance.now() - started - 3000, 'ms');
		record(group, 'sent by all hosts until then', (await counts()).sent / 2 ** 20, 'MiB');
		const moves = [];
		for (let index = 0; index < 8; index++) moves.push(await press(terminal, 'j'));
		record(group, 'cursor key, last byte', median(moves.map(move => move.milliseconds)), 'ms');
		terminal.write('H');
		await untilShown(terminal, /LATENCY/, 60);
		const among = [];
		for (let index = 0; index < 8; index++) among.push(await press(terminal, 'j'));
		record(group, 'cursor key in H while all answer, last byte', median(among.map(move => move.milliseconds)), 'ms');
		terminal.write('q');
		await untilQuiet(terminal, 3000);
		terminal.takeBytes();
		const [before, cpu] = [await counts(), await processFacts(terminal.child.pid)];
		await delay(idleSeconds * 1000);
		const [after, more] = [await counts(), await processFacts(terminal.child.pid)];
		record(group, `idle, to the terminal in ${idleSeconds} s`, terminal.takeBytes(), 'B');
		const bytes = after.sent + after.received - before.sent - before.received;
		record(group, 'idle, over all links in a second', bytes / idleSeconds, 'B');
		record(group, 'idle, CPU', (100 * (more.cpuSeconds - cpu.cpuSeconds)) / idleSeconds, '%');
		record(group, 'memory, most', more.mostMemoryMiB, 'MiB');
		await quit(terminal);
	} finally {
		await terminal.stop();
	}
}
