/** What `doctor` looks at: programs, the connection, the user's rights. Reads only. */
import {execFile} from 'node:child_process';
import {constants} from 'node:fs';
import {access, readFile, stat} from 'node:fs/promises';
import os from 'node:os';
import {promisify} from 'node:util';
import type {Domain, Host} from '../../core/model/domain.ts';
import type {OddReceipt} from '../../core/model/receipt.ts';
import {ConnectionError} from '../../libvirt/errors.ts';
import {readInventory, withHypervisor} from '../connection.ts';
import {type Configuration, type Context, NoConnection} from '../context.ts';

/** Whether a file can be used: `closed` means it is there, but not for this user. */
type Access = 'open' | 'closed' | 'missing';

type ImageFact = {
	readonly file: string;
	readonly domain: string;
	readonly writable: boolean;
	readonly unreadable: {readonly reason: string; readonly remedy: string} | null;
};

/** Its version, why it does not say it, or null where it is not there. */
export type Tool = string | {readonly failure: string} | null;

export type DoctorFacts = {
	readonly virsh: Tool;
	readonly qemuImg: Tool;
	/** Versions; null where the program is not there. */
	readonly qemuSystem: string | null;
	readonly libvirtd: string | null;
	readonly uri: string;
	/** Null where libvirt does not answer; then `reason` has its words. */
	readonly host: Host | null;
	readonly domains: number;
	readonly reason: string;
	readonly kvm: Access;
	readonly images: readonly ImageFact[];
	/** What is wrong with domains, each with what to do; text that may be drawn. */
	readonly problems: readonly {readonly domain: string; readonly problem: string}[];
	readonly user: string;
	readonly groups: readonly string[];
	/** Who runs QEMU; null where that could not be found out. */
	readonly qemuUser: string | null;
	readonly oddReceipts: readonly OddReceipt[];
	readonly configuration: Pick<Configuration, 'file' | 'mistakes' | 'unknown'>;
	/** `ID` and `ID_LIKE` of /etc/os-release: which package manager to name. */
	readonly system: string;
};

/** Look at this host and the libvirt it is to work on. */
export async function readDoctorFacts(context: Context): Promise<DoctorFacts> {
	const [virsh, qemuImg, qemuSystem, libvirtd, uri, connection, oddReceipts, configuration, kvm, groups, release] =
		await Promise.all([
			tool('virsh'),
			tool('qemu-img'),
			output(`qemu-system-${os.machine()}`, '--version'),
			output('libvirtd', '--version'),
			output('virsh', '-q', ...(context.uri === null ? [] : ['-c', context.uri]), 'uri'),
			connect(context),
			withHypervisor(context, hypervisor => hypervisor.oddReceipts()),
			context.adapters.configuration(),
			accessTo('/dev/kvm', constants.R_OK | constants.W_OK),
			output('id', '-nG'),
			readFile('/etc/os-release', 'utf8').catch(() => ''),
		]);
	const user = os.userInfo().username;
	// libvirt's own choice where none is given (libvirt.org/uri.html): the machine's daemon for root, one's own for others.
	const target = uri ?? context.uri ?? (user === 'root' ? 'qemu:///system' : 'qemu:///session');
	return {
		virsh,
		qemuImg,
		qemuSystem: version(qemuSystem),
		libvirtd: version(libvirtd),
		uri: target,
		...connection,
		oddReceipts,
		configuration,
		kvm,
		user,
		groups: groups?.split(' ') ?? [],
		qemuUser: isSystem(target) ? await systemQemuUser() : await ownerOf(socketOf(target), user),
		system: [...release.matchAll(/^(?:ID|ID_LIKE)="?([^"\n]*)/gm)].map(match => match[1]).join(' '),
	};
}

/** Whether a URI means the daemon of the whole machine rather than one's own. */
export function isSystem(uri: string): boolean {
	return /\/system(?:\?|$)/.test(uri);
}

type ConnectionFacts = Pick<DoctorFacts, 'host' | 'domains' | 'reason' | 'images' | 'problems'>;

async function connect(context: Context): Promise<ConnectionFacts> {
	try {
		const {host, domains} = await withHypervisor(context, hypervisor => readInventory(hypervisor));
		return {
			host,
			domains: domains.length,
			reason: '',
			images: await imageFacts(domains),
			problems: problemsOf(domains),
		};
	} catch (error) {
		const lost = error instanceof NoConnection || error instanceof ConnectionError;
		if (!lost) throw error;
		const reason = error instanceof ConnectionError ? error.stderr || error.message : error.message;
		return {host: null, domains: 0, reason: reason.trim(), images: [], problems: []};
	}
}

function problemsOf(domains: readonly Domain[]): DoctorFacts['problems'] {
	return domains.flatMap(({name, problems}) => problems.map(problem => ({domain: name, problem})));
}

/** Active layers of the writable file disks: those that a snapshot by `qemu-img` has to write. */
function imageFacts(domains: readonly Domain[]): Promise<ImageFact[]> {
	const files = domains.flatMap(domain =>
		domain.disks
			.filter(disk => disk.type === 'file' && disk.source !== null && !disk.readonly)
			.map(({source, unreadable}) => ({file: source ?? '', domain: domain.name, unreadable})),
	);
	return Promise.all(
		files.map(async fact => ({...fact, writable: (await accessTo(fact.file, constants.W_OK)) === 'open'})),
	);
}

async function accessTo(file: string, mode: number): Promise<Access> {
	if (!(await stat(file).catch(() => null))) return 'missing';
	return access(file, mode).then(
		() => 'open' as const,
		() => 'closed' as const,
	);
}

/** The socket that a URI names, as a private daemon has one; null where it names none. */
function socketOf(uri: string): string | null {
	return URL.parse(uri)?.searchParams.get('socket') ?? null;
}

/** Who a session daemon runs as: the owner of its socket, else oneself. */
async function ownerOf(socket: string | null, self: string): Promise<string | null> {
	if (socket === null) return self;
	const facts = await stat(socket).catch(() => null);
	return facts && output('id', '-nu', String(facts.uid));
}

/** qemu.conf says; it is often closed to all but root, and silent: then the distribution's own choice. */
async function systemQemuUser(): Promise<string | null> {
	const configuration = await readFile('/etc/libvirt/qemu.conf', 'utf8').catch(() => '');
	const configured = /^\s*user\s*=\s*"\+?([^"]+)"/m.exec(configuration)?.[1];
	if (configured) return configured;
	const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
	return ['libvirt-qemu', 'qemu'].find(name => accounts.includes(`\n${name}:`)) ?? null;
}

const run = promisify(execFile);

/** What a program prints; null where it is missing or fails. */
async function output(program: string, ...words: string[]): Promise<string | null> {
	return run(program, words, {timeout: 10_000}).then(
		({stdout}) => stdout.trim(),
		() => null,
	);
}

/** One that is there and cannot be started is not to be installed. */
async function tool(program: string): Promise<Tool> {
	return run(program, ['--version'], {timeout: 10_000}).then(
		({stdout}) => version(stdout.trim()),
		({code, message}) => (code === 'ENOENT' ? null : {failure: String(message).trim()}),
	);
}

function version(text: string | null): string | null {
	return text === null ? null : (/\d+\.\d+(?:\.\d+)?/.exec(text)?.[0] ?? text);
}
