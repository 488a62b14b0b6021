import {chmod, chown, mkdir, mkdtemp, readFile, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {killDaemon, startDaemon} from './daemon.ts';
import {type DomainSpec, domainXml} from './domain-xml.ts';
import {folderPrefix, recordOwner, sweepLabs} from './keeper.ts';
import {type DomainName, prepareDomains} from './recipes/recipes.ts';
import {findLabUser, kvmRefusal, type LabUser} from './user.ts';

export type LabOptions = {
	/** Which domains to set up; default: all. Those that others depend on are added. */
	domains?: readonly DomainName[];
	/** Hardware virtualisation instead of emulation; /dev/kvm must be open to the lab's user. */
	kvm?: boolean;
	/** Put before the daemon's argv: `unshare --mount` gives it mounts of its own. */
	inFront?: readonly string[];
	/** Takes one line of progress per domain. */
	log?: (line: string) => void;
};

/** A private hypervisor: its own libvirtd and real QEMU processes, all in one folder that goes when it is stopped. */
export class Lab {
	/** Connection URI for virsh, and for `LIBVIRT_DEFAULT_URI`. */
	readonly uri: string;
	readonly folder: string;
	/** Whom the daemon runs as; programs that create images for it must run as the same (execa's `uid` and `gid`). */
	readonly user: LabUser | undefined;
	readonly kvm: boolean;
	/** What the lab has set up so far. */
	readonly domains: string[] = [];
	readonly #stop: () => Promise<void>;

	constructor(facts: {
		uri: string;
		folder: string;
		user: LabUser | undefined;
		kvm: boolean;
		stop: () => Promise<void>;
	}) {
		this.uri = facts.uri;
		this.folder = facts.folder;
		this.user = facts.user;
		this.kvm = facts.kvm;
		this.#stop = facts.stop;
	}

	/** Environment for programs that are to work on this lab. */
	get env(): Record<string, string> {
		return {
			LIBVIRT_DEFAULT_URI: this.uri,
			LC_ALL: 'C.UTF-8',
			HOME: this.folder,
			XDG_RUNTIME_DIR: path.join(this.folder, 'run'),
			XDG_CONFIG_HOME: path.join(this.folder, 'config'),
			XDG_CACHE_HOME: path.join(this.folder, 'cache'),
		};
	}

	/** Run a program as the lab's user, in its environment; the answer is its stdout. A failure rejects with execa's error. */
	async run(program: string, args: readonly string[], options: {input?: string} = {}): Promise<string> {
		const {stdout} = await this.runFully(program, args, options);
		return stdout;
	}

	/** The same, for who needs stderr as well. */
	runFully(program: string, args: readonly string[], options: {input?: string} = {}) {
		const identity = this.user ? {uid: this.user.uid, gid: this.user.gid} : {};
		return execa(program, args, {env: this.env, cwd: this.folder, ...identity, ...options});
	}

	virsh(...args: string[]): Promise<string> {
		return this.run('virsh', ['-q', ...args]);
	}

	qemuImg(...args: string[]): Promise<string> {
		return this.run('qemu-img', args);
	}

	/** A command of QEMU's human monitor. It exits 0 whatever happens, so what looks like a failure is thrown here. */
	async monitor(domain: string, command: string): Promise<string> {
		const answer = await this.virsh('qemu-monitor-command', '--hmp', '--domain', domain, '--cmd', command);
		if (/^Error/m.test(answer)) throw new Error(`${command}: ${answer}`);
		return answer.trim();
	}

	/** Where an image (or another file of the lab's domains) lies. */
	image(name: string): string {
		return path.join(this.folder, 'images', name);
	}

	/** Create an image of the lab's size in the lab's user's name; answers with its path. */
	async createImage(
		name: string,
		{format = 'qcow2', size = '16M'}: {format?: 'qcow2' | 'raw'; size?: string} = {},
	): Promise<string> {
		const file = this.image(name);
		await this.qemuImg('create', '-q', '-f', format, file, size);
		return file;
	}

	/** Write a small text file that the lab's user can read; answers with its path. */
	async writeFile(name: string, text: string): Promise<string> {
		const file = path.join(this.folder, 'files', name);
		await writeFile(file, text);
		if (this.user) await chown(file, this.user.uid, this.user.gid);
		return file;
	}

	async define(spec: DomainSpec): Promise<void> {
		const file = await this.writeFile(`${spec.name}.xml`, domainXml({...spec, type: this.kvm ? 'kvm' : 'qemu'}));
		await this.virsh('define', '--file', file);
	}

	/** What a domain's guest has written on its serial port so far. */
	console(domain: string): Promise<string> {
		return readFile(this.consoleFile(domain), 'utf8');
	}

	consoleFile(domain: string): string {
		return path.join(this.folder, `${domain}.console`);
	}

	/** A small file system of its own, for a disk that is to run full. Needs root; it goes with the lab. */
	async mountTmpfs(name: string, size: string): Promise<string> {
		const point = path.join(this.folder, name);
		await mkdir(point);
		const owner = this.user ? `,uid=${this.user.uid},gid=${this.user.gid}` : '';
		await execa('mount', ['-t', 'tmpfs', '-o', `size=${size}${owner}`, 'tmpfs', point]);
		return point;
	}

	/** Kill the daemon, as a crash would; resolves when it is there again. Domains run on meanwhile. */
	restartDaemon(): Promise<void> {
		return killDaemon(this.folder);
	}

	/** End every process of the lab and remove its folder. Needless to say on a crash: its keeper does the same then. */
	stop(): Promise<void> {
		return this.#stop();
	}
}

/**
 * Start a private hypervisor with the requested domains.
 *
 * The host's own libvirt is not touched, several labs can run at once, and whatever way this process ends, the lab ends with it.
 */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
	const lab = await startEmptyLab(options);
	try {
		await prepareDomains(lab, options.domains, options.log);
	} catch (error) {
		await lab.stop();
		throw error;
	}

	return lab;
}

/** A lab without any domain. */
export async function startEmptyLab(options: Pick<LabOptions, 'kvm' | 'inFront'> = {}): Promise<Lab> {
	await sweepLabs();
	const user = await findLabUser();
	const refusal = options.kvm ? await kvmRefusal(user) : undefined;
	if (refusal !== undefined) throw new Error(`${refusal}: leave out kvm to emulate`);
	const folder = await createFolder(user);
	const daemon = await startDaemon(folder, user, options.inFront);
	return new Lab({uri: daemon.uri, folder, user, kvm: options.kvm ?? false, stop: daemon.keeper.dismiss});
}

async function createFolder(user: LabUser | undefined): Promise<string> {
	const folder = await mkdtemp(path.join(os.tmpdir(), folderPrefix));
	await recordOwner(folder);
	// Whoever started the lab keeps receipts in it, where no other user may move them.
	if (user) await chmod(folder, 0o1777);
	const parts = ['run', 'config', 'config/libvirt', 'cache', 'images', 'files'];
	for (const part of parts.map(name => path.join(folder, name))) {
		await mkdir(part, {recursive: true});
		if (user) await chown(part, user.uid, user.gid);
	}

	return folder;
}
