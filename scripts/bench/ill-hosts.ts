/** Keys while of eight hosts three are well and the others far, stopped, gone, strange or asking; connected to, hanging, tried again. */
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {promisify} from 'node:util';
import {fillBigLab} from '../../source/lab/big.ts';
import {type Lab, startEmptyLab} from '../../source/lab/lab.ts';
import {type SshHost, startSshHost} from '../../source/lab/ssh-host.ts';
import {type Launched, launch} from '../../test/helpers/pty.ts';
import {endStopped, type Trouble, trouble} from '../../test/helpers/troubled-host.ts';
import {environment, launcher, quit} from './program.ts';
import {record} from './table.ts';

const well = ['h1', 'h2', 'h3'];
const ill: readonly Trouble[] = ['far', 'stopped', 'gone', 'strange', 'asking'];
const group = 'UI 100x40, eight hosts, five of them ill';

/** A key counts as answered at once where the cursor is drawn within this, in milliseconds: a screen's own pace. */
const atOnceMs = 16;

/** `rounds`: how often the program is started; `keys`: how many are pressed each time, from when the good hosts are there. */
type Amount = {readonly rounds: number; readonly keys: number};

/**
 * Hosts have processors of their own. Here they are on this machine: once keys are pressed they get the time that nobody else wants, by
 * the priority of their session, which on Linux groups processes, and by their own (sched(7)). Before that they share it with the program,
 * or those that are well would wait for those that are not.
 */
const yielding = {
	/** Starts what it is told, with its number in the first file; where there is a second one it yields from the start. */
	command: ({pids, calm}: Yielding) => [
		'sh',
		'-c',
		`echo $$ >>'${pids}'; [ -e '${calm}' ] && echo 19 >/proc/self/autogroup && exec chrt --idle 0 "$@"; exec "$@"`,
		'sh',
	],
	async begin({pids, calm}: Yielding): Promise<void> {
		await writeFile(calm, '');
		for (const pid of (await readFile(pids, 'utf8')).split('\n').filter(Boolean)) {
			// What has ended meanwhile needs no time.
			await writeFile(`/proc/${pid}/autogroup`, '19').catch(() => {});
			await promisify(execFile)('chrt', ['--all-tasks', '--idle', '--pid', '0', pid]).catch(() => {});
		}
	},
	async end({pids, calm}: Yielding): Promise<void> {
		for (const file of [pids, calm]) await rm(file, {force: true});
	},
};

type Yielding = {readonly pids: string; readonly calm: string};

type Answer = {readonly key: number; readonly milliseconds: number; readonly running: number; readonly waiting: number};

export async function measureIllHosts({rounds, keys}: Amount): Promise<void> {
	const lab = await startEmptyLab();
	try {
		await fillBigLab(lab, {domains: 1, snapshots: 1, disks: 1});
		const [pids, calm] = [path.join(lab.folder, 'pids'), path.join(lab.folder, 'calm')];
		const hosts = new Map(
			await Promise.all([...well, ...ill].map(async name => [name, await hostOf(lab, name, {pids, calm})] as const)),
		);
		await Promise.all(ill.map(name => trouble(hosts.get(name)!, name)));
		const answers: Answer[] = [];
		const [goodThere, farThere]: number[][] = [[], []];
		for (let round = 0; round < rounds; round++) {
			const [good, far] = await measureRound(lab, [...hosts.values()], {pids, calm}, keys, answers);
			goodThere!.push(good);
			farThere!.push(far);
			await endStopped(hosts.get('stopped')!);
		}
		const [first, ...later] = goodThere!;
		record(group, 'good hosts on screen, the first time', first!, 'ms', 'V8 has no code of virsnap yet');
		if (later.length > 0) record(group, 'later, at the latest', Math.max(...later), 'ms');
		record(group, 'the far one (300 ms a round trip), at the latest', Math.max(...farThere!), 'ms');
		tell(answers);
	} finally {
		await lab.stop();
	}
}

async function hostOf(lab: Lab, name: string, yields: Yielding): Promise<SshHost> {
	const {XDG_CONFIG_HOME} = environment(lab);
	const env = {XDG_CONFIG_HOME: XDG_CONFIG_HOME!, XDG_STATE_HOME: path.join(lab.folder, `state-${name}`)};
	return startSshHost(lab, {virsnap: [...yielding.command(yields), process.execPath, launcher], host: name, env});
}

async function measureRound(
	lab: Lab,
	hosts: readonly SshHost[],
	yields: Yielding,
	keys: number,
	answers: Answer[],
): Promise<[number, number]> {
	const started = performance.now();
	const given = hosts.flatMap(({uri}) => ['-c', uri]);
	const terminal = launch([launcher, ...given], {columns: 100, rows: 40, env: environment(lab)});
	try {
		for (const name of well) await terminal.waitFor(new RegExp(`${name} +- +domain-1 +shut off`), 60);
		const good = performance.now() - started;
		await yielding.begin(yields);
		terminal.write('g');
		await terminal.waitFor(/❯ h1/);
		let far: number | null = null;
		const look = async () => {
			if (isFarThere(await terminal.screen())) far ??= performance.now() - started;
		};
		for (let key = 0; key < keys; key++) {
			answers.push({key, ...(await answerTo(terminal, key % 2 === 0 ? 'G' : 'g'))});
			if (far === null && key % 10 === 0) await look();
		}
		while (far === null) await look();
		await quit(terminal);
		return [good, far];
	} finally {
		await terminal.stop();
		await yielding.end(yields);
	}
}

const isFarThere = (screen: string) => /far +- +domain-1 +shut off/.test(screen);

/** Takes no time of the program's while it waits: the machine has few cores, and the hosts are on it. */
async function answerTo(terminal: Launched, key: string): Promise<Omit<Answer, 'key'>> {
	const {promise, resolve} = Promise.withResolvers<number>();
	let heard = '';
	// What hosts tell meanwhile is drawn as well: the answer is where the cursor is drawn anew.
	const listening = terminal.child.onData(part => {
		heard += part;
		if (heard.includes('❯')) resolve(performance.now());
	});
	const before = spent(terminal.child.pid);
	const pressed = performance.now();
	terminal.write(key);
	const milliseconds = (await promise) - pressed;
	const after = spent(terminal.child.pid);
	listening.dispose();
	terminal.takeBytes();
	do await delay(3);
	while (terminal.takeBytes() > 0);
	return {milliseconds, running: after.running - before.running, waiting: after.waiting - before.waiting};
}

/** What the main thread of a process has spent until now, in milliseconds (proc(5), schedstat). */
function spent(pid: number): {readonly running: number; readonly waiting: number} {
	const [running, waiting] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
	return {running: Number(running) / 1e6, waiting: Number(waiting) / 1e6};
}

function tell(answers: readonly Answer[]): void {
	const inOrder = answers.toSorted((one, other) => one.milliseconds - other.milliseconds);
	const share = (part: number) => inOrder[Math.floor((inOrder.length - 1) * part)]!.milliseconds;
	const late = inOrder.filter(({milliseconds}) => milliseconds > atOnceMs);
	record(group, 'keys pressed meanwhile', inOrder.length, '');
	record(group, 'a key, until the cursor is drawn', share(0.5), 'ms');
	record(group, '99 of 100 keys', share(0.99), 'ms');
	record(group, 'the slowest key', share(1), 'ms', 'with what it waits for one of the cores');
	record(group, `keys of more than ${atOnceMs} ms`, late.length, '');
	record(group, 'the most that the program ran for a key', Math.max(...answers.map(({running}) => running)), 'ms');
	for (const {key, milliseconds, running, waiting} of late) {
		const [took, ran, waited] = [milliseconds, running, waiting].map(one => one.toFixed(1));
		process.stderr.write(
			`bench: late was key ${key + 1}: ${took} ms, of which ran ${ran}, waited for a core ${waited}\n`,
		);
	}
}
