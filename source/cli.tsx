/** The process: argv, streams, environment and exit status. Builds the adapters; nothing else in the program touches `process`. */
import {realpathSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {setImmediate as othersFirst} from 'node:timers/promises';
import v8 from 'node:v8';
import {type Adapters, CannotStart} from './commands/context.ts';
import {printableLines} from './commands/line/printable-lines.ts';
import {main} from './commands/main.ts';
import type {ConfigurationPlaces} from './configuration/places.ts';
import {firstAnswer} from './hypervisor/first-answer.ts';
import {lateHypervisor} from './hypervisor/late-hypervisor.ts';
import {debugInto} from './programs/debug-log.ts';
import {inSourceLines} from './programs/source-lines.ts';

/** From package.json, and which form of the program is built: put in by scripts/bundle.ts. */
declare const VIRSNAP_VERSION: string;
declare const VIRSNAP_FORM: 'npm' | 'executable';

// Ink's colours know FORCE_COLOR only, and read it when they are loaded.
if (process.env.NO_COLOR || process.env.TERM === 'dumb') process.env.FORCE_COLOR = '0';

/** What starts this very program anew: the executable is its own Node. */
const program = VIRSNAP_FORM === 'executable' ? [process.execPath] : [process.execPath, process.argv[1]!];

/** This alone says where a session libvirt keeps its files. */
function environment(): Record<string, string> {
	const {XDG_CONFIG_HOME} = process.env;
	return XDG_CONFIG_HOME && path.isAbsolute(XDG_CONFIG_HOME) ? {XDG_CONFIG_HOME} : {};
}

async function ownReceiptFolder(): Promise<string> {
	const {ownHome, receiptFolder} = await import('./execute/receipts/own-home.ts');
	return receiptFolder(process.env, ownHome(process.env));
}

/** ssh may ask: one host at a time is looked at. */
async function reachOf(uri: string) {
	const {sshHostOf} = await import('./hypervisor/hypervisor.ts');
	const address = sshHostOf({uri, env: environment()});
	return address && {address, asks: Boolean(process.stdin.isTTY)};
}

async function configurationPlaces(): Promise<ConfigurationPlaces> {
	const [{placesOf}, {ownHome}] = await Promise.all([
		import('./configuration/places.ts'),
		import('./execute/receipts/own-home.ts'),
	]);
	return placesOf(process.env, ownHome(process.env));
}

// Each is loaded when it is called: `--help` needs none, `list` no React.
const adapters: Adapters = {
	version: VIRSNAP_VERSION,
	built: `${VIRSNAP_FORM}, Node ${process.versions.node}`,
	openHypervisor(uri, receipts, alone) {
		return lateHypervisor(async opening => {
			const [{openHypervisor, sshHostOf}, ownReceipts] = await Promise.all([
				import('./hypervisor/hypervisor.ts'),
				ownReceiptFolder(),
			]);
			const host = sshHostOf({uri, env: environment()});
			let by = uri;
			if (host !== null) {
				const [{openHost}, {unaskedUri}] = await Promise.all([
					import('./hypervisor/agent/here/open-host.ts'),
					import('./hypervisor/agent/here/ssh-address.ts'),
				]);
				const asks = alone && Boolean(process.stdin.isTTY);
				const remote = await openHost(host, {version: VIRSNAP_VERSION, asks}, opening);
				if (remote !== null) return remote;
				if (!asks) by = unaskedUri(host);
			}

			const folder = receipts ?? ownReceipts;
			const connect = by === null ? [] : ['-c', by];
			const runner = [...program, ...connect, 'carry-out', '--receipts', folder];
			const pictures = async () => (await adapters.configuration()).pictures;
			return openHypervisor({uri: by, env: environment(), receipts: folder, runner, pictures});
		});
	},
	async runReceipt(uri, receipts, id) {
		const {runReceipt} = await import('./hypervisor/hypervisor.ts');
		return runReceipt({uri, env: environment(), receipts}, id, process.stdin);
	},
	async serveAgent(hypervisor) {
		const {serveAgent} = await import('./hypervisor/agent/there/serve-agent.ts');
		await serveAgent(hypervisor, {input: process.stdin, output: process.stdout, version: VIRSNAP_VERSION});
	},
	async runUi(hosts) {
		const stopGrowing = growOnce();
		// With so little room, helpers cost the thread that answers keys more than they do: a fifth of its time for a key.
		v8.setFlagsFromString('--no-parallel-scavenge');
		const {startAside} = await import('./programs/talk.ts');
		startAside();
		// The daemons answer while the code is loaded, which keeps this thread: what asks them is started before.
		const answers = hosts.map(({hypervisor}) => firstAnswer(hypervisor));
		await othersFirst();
		// One alone that is not reached ends the program, of several that is told on the screen.
		const [only, ...others] = hosts;
		const machine = others.length === 0 ? only?.hypervisor.machine() : null;
		const [{runUi}, {columns}] = await Promise.all([import('./ui/run.tsx'), adapters.configuration(), machine]);
		stopGrowing();
		await runUi(
			{hosts, columns, editText: text => adapters.editText(text)},
			others.length === 0 ? answers[0] : undefined,
		);
	},
	async names({uri, receipts}, of, signal) {
		const [{readNames}, ownReceipts] = await Promise.all([import('./hypervisor/hypervisor.ts'), ownReceiptFolder()]);
		const place = {uri, env: environment(), receipts: receipts ?? ownReceipts, version: VIRSNAP_VERSION};
		return readNames(place, of, signal);
	},
	async editText(text) {
		const {editText} = await import('./programs/edit-text.ts');
		return editText(text, {env: process.env, signals: process});
	},
	async keys() {
		const {keySections} = await import('./ui/keys/words.ts');
		return keySections();
	},
	configuration: async () =>
		(await import('./configuration/configuration.ts')).readConfiguration(await configurationPlaces()),
	addHost: async host =>
		(await import('./configuration/configuration.ts')).writeHost(await configurationPlaces(), host),
	removeHost: async name =>
		(await import('./configuration/configuration.ts')).dropHost(await configurationPlaces(), name),
	async lookThere(uri) {
		const reach = await reachOf(uri);
		if (reach === null) return null;
		const {lookThere} = await import('./hypervisor/agent/put/put-program.ts');
		return lookThere(reach, {
			version: VIRSNAP_VERSION,
			form: VIRSNAP_FORM,
			file: realpathSync(program.at(-1)!),
			architecture: process.arch,
		});
	},
	async cleanThere(uri) {
		const reach = await reachOf(uri);
		return reach !== null && (await import('./hypervisor/agent/put/put-program.ts')).cleanThere(reach);
	},
	toldToEnd: () =>
		new Promise(resolve => {
			for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
		}),
	async startLab(log, count) {
		const {missingPrograms, sshPrograms} = await import('./lab/programs.ts');
		const missing = await missingPrograms(count === null ? [] : sshPrograms);
		if (missing.length > 0)
			throw new CannotStart(
				`the demo needs programs that are not on this machine: ${missing.join(', ')}`,
				`Install them: apt install libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients qemu-system-x86 qemu-utils tini${count === null ? '' : ' openssh-client openssh-server'} (Debian, Ubuntu).`,
			);
		if (count !== null) {
			const {startHosts} = await import('./lab/hosts.ts');
			const {folder, ...several} = await startHosts(count, {virsnap: program, log});
			return {...several, receipts: path.join(folder, 'receipts')};
		}
		const {startLab} = await import('./lab/lab.ts');
		const lab = await startLab({log});
		// For whoever carries plans out, too.
		process.env.XDG_CONFIG_HOME = lab.env.XDG_CONFIG_HOME;
		const hosts = [{name: 'demo', uri: lab.uri}];
		return {hosts, receipts: path.join(lab.folder, 'receipts'), stop: () => lab.stop()};
	},
};

if (process.env.VIRSNAP_DEBUG) debugInto(process.env.VIRSNAP_DEBUG);

// `virsnap list | head -1`: the reader has gone, and that is no error. A running operation continues to its end.
let unwritten = false;
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
	if (error.code === 'EPIPE' || unwritten) return;
	unwritten = true;
	process.exitCode = 1;
	process.stderr.write(`virsnap: cannot write to standard output: ${error.message}\n`);
});
// Output that cannot be written does not turn a success into a failure.
process.stderr.on('error', () => {});

// Thrown where nobody waits for it: Node prints the stack, after the terminal was restored.
process.on('uncaughtExceptionMonitor', error => {
	if (error instanceof Error) error.stack = bugReport(error);
});

/**
 * The room for new objects, 1 MiB at first, is to be 8: with less a collection comes three times a key, a quarter of its time, and what
 * waits to be drawn is kept as if it were old. With more, which V8 takes while hundreds of domains are read, it would stay for days.
 * Called before the code of the UI is loaded, which makes it grow; returns the way to end that.
 */
function growOnce(): () => void {
	v8.setFlagsFromString('--semi-space-growth-factor=8');
	return () => v8.setFlagsFromString('--semi-space-growth-factor=1');
}

function bugReport(error: unknown): string {
	const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
	// The executable carries its map inside.
	const readMap = () => process.getBuiltinModule('node:sea').getAsset('map', 'utf8');
	const lines = inSourceLines(stack, ...(VIRSNAP_FORM === 'executable' ? [readMap] : []));
	return `virsnap: this is a bug in virsnap, please report it:\n${printableLines(lines)}\n`;
}

// The status is only set: the process ends by itself once all is written.
main(process.argv.slice(2), process, adapters).then(
	status => {
		process.exitCode = unwritten ? 1 : status;
	},
	error => {
		process.stderr.write(bugReport(error));
		process.exitCode = 1;
	},
);
