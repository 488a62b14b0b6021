/**
 * `node scripts/system-packages.ts demo|test|bench|matrix`: gets what the demo, the tests, the bench or the test matrix need of the
 * operating system. Says first what will be installed and why. Where nothing is missing it prints nothing and asks nothing.
 */
import {glob} from 'node:fs/promises';
import process from 'node:process';
import {execa} from 'execa';
import {hasUefiFirmware} from '../source/lab/firmware.ts';
import {findGuest} from '../source/lab/guest.ts';
import {hasDriver} from '../test/helpers/drivers.ts';
import {provideGuest} from './guest-kernel.ts';
import {canBecomeRoot, findManager, hasCommand, type Manager, type ManagerName, runAsRoot} from './package-managers.ts';

type Need = {
	what: string;
	why: string;
	isThere: () => Promise<boolean>;
	/** Package names, apart by spaces. */
	packages: Record<ManagerName, string>;
	/** An older distribution has it in another one's package, and none of this name: looked for when those are installed. */
	inOthers?: boolean;
};

const forDemo: Need[] = [
	{
		what: 'virsh',
		why: 'talks to libvirt',
		isThere: () => hasCommand('virsh'),
		packages: {apt: 'libvirt-clients', dnf: 'libvirt-client', zypper: 'libvirt-client'},
	},
	{
		what: 'libvirtd',
		why: 'runs as a private daemon in a folder of its own',
		isThere: () => hasCommand('libvirtd'),
		packages: {apt: 'libvirt-daemon', dnf: 'libvirt-daemon', zypper: 'libvirt-daemon'},
	},
	{
		what: 'libvirt’s QEMU driver',
		why: 'lets that daemon run QEMU',
		isThere: async () => hasDriver('qemu'),
		packages: {
			apt: 'libvirt-daemon-driver-qemu',
			dnf: 'libvirt-daemon-driver-qemu',
			zypper: 'libvirt-daemon-driver-qemu',
		},
	},
	{
		what: 'qemu-system-x86_64',
		why: 'is the machines themselves, emulated: no KVM needed',
		isThere: () => hasCommand('qemu-system-x86_64'),
		packages: {apt: 'qemu-system-x86', dnf: 'qemu-system-x86-core', zypper: 'qemu-x86'},
	},
	{
		what: 'qemu-img and qemu-io',
		why: 'make snapshots in images and show what a disk holds',
		isThere: async () => (await hasCommand('qemu-img')) && (await hasCommand('qemu-io')),
		packages: {apt: 'qemu-utils', dnf: 'qemu-img', zypper: 'qemu-img qemu-tools'},
	},
	{
		what: 'tini',
		why: 'reaps the private daemon’s children',
		isThere: () => hasCommand('tini'),
		packages: {apt: 'tini', dnf: 'tini', zypper: 'tini'},
	},
	{
		what: 'UEFI firmware',
		why: 'boots the domain that has UEFI',
		isThere: hasUefiFirmware,
		packages: {apt: 'ovmf', dnf: 'edk2-ovmf', zypper: 'qemu-ovmf-x86_64'},
	},
];

const forTests: Need = {
	what: 'strace',
	why: 'kills programs in the middle of a write, to test recovery',
	isThere: () => hasCommand('strace'),
	packages: {apt: 'strace', dnf: 'strace', zypper: 'strace'},
};

const forDevices: Need = {
	what: 'libvirt’s storage and secret drivers',
	why: 'let the tests make pools and encrypted disks',
	isThere: async () => hasDriver('storage') && hasDriver('secret'),
	packages: {
		apt: 'libvirt-daemon-driver-storage libvirt-daemon-driver-secret',
		dnf: 'libvirt-daemon-driver-storage-core libvirt-daemon-driver-secret',
		zypper: 'libvirt-daemon-driver-storage-core libvirt-daemon-driver-secret',
	},
	inOthers: true,
};

const farHost: Need = {
	what: 'ssh and sshd',
	why: 'stand between two hosts; each connection starts an sshd of its own',
	isThere: async () => (await hasCommand('ssh')) && (await hasFile('/usr/sbin/sshd')),
	packages: {apt: 'openssh-client openssh-server', dnf: 'openssh-clients openssh-server', zypper: 'openssh'},
};

/** Without them their tests would be skipped, and nobody would notice. */
const forPeople: Need[] = [
	...['zsh', 'fish'].map(shell => ({
		what: shell,
		why: 'completes what is typed',
		isThere: () => hasCommand(shell),
		packages: {apt: shell, dnf: shell, zypper: shell},
	})),
	{
		what: 'rpmbuild',
		why: 'makes the .rpm',
		isThere: () => hasCommand('rpmbuild'),
		packages: {apt: 'rpm', dnf: 'rpm-build', zypper: 'rpm-build'},
	},
];

const forMatrix: Need = {
	what: 'debootstrap',
	why: 'makes the other Debian, in a folder of its own',
	isThere: () => hasCommand('debootstrap'),
	packages: {apt: 'debootstrap', dnf: 'debootstrap', zypper: 'debootstrap'},
};

const forBench: Need[] = [
	{
		what: 'libvirt’s Python bindings',
		why: 'read the same through libvirt’s C library, to compare with',
		// The distribution's own Python, which alone finds its packages.
		isThere: async () => (await execa('/usr/bin/python3', ['-c', 'import libvirt'], {reject: false})).exitCode === 0,
		packages: {apt: 'python3-libvirt', dnf: 'python3-libvirt', zypper: 'python3-libvirt-python'},
	},
	{
		what: 'tig',
		why: 'draws a list in a terminal, to compare with',
		isThere: () => hasCommand('tig'),
		packages: {apt: 'tig', dnf: 'tig', zypper: 'tig'},
	},
];

const needs: Record<string, Need[]> = {
	demo: forDemo,
	test: [...forDemo, forTests, forDevices, farHost, ...forPeople],
	bench: [...forDemo, farHost, ...forBench],
	matrix: [...forDemo, forTests, forDevices, forMatrix],
};

const wanted = needs[process.argv[2] ?? ''];
if (wanted === undefined) {
	say('Usage: node scripts/system-packages.ts demo|test|bench|matrix');
	process.exitCode = 2;
} else {
	const manager = await findManager();
	const [inOthers, first] = [true, false].map(late => wanted.filter(need => (need.inOthers ?? false) === late));
	const refusal = (await provide(first!, manager)) ?? (await provide(inOthers!, manager));
	if (refusal === undefined) await provideGuestIfMissing(manager);
	else {
		say(refusal);
		process.exitCode = 1;
	}
}

/** Get what is missing; why that cannot be done, with a remedy, where it cannot. */
async function provide(needs: Need[], manager: Manager | undefined): Promise<string | undefined> {
	const missing = await missingOf(needs);
	if (missing.length === 0) return undefined;
	if (manager === undefined) {
		const list = missing.map(need => `  ${need.what}: ${need.packages.apt} in Debian`).join('\n');
		return `These are missing here, and this system’s package manager is not one we know:\n${list}\nInstall them and try again.`;
	}

	const packages = missing.flatMap(need => need.packages[manager.name].split(' '));
	const commands = [...(manager.refresh ? [manager.refresh] : []), [...manager.install, ...packages]];
	const byHand = commands.map(argv => argv.join(' ')).join(' && ');
	say('Missing here, and about to be installed:');
	for (const need of missing) say(`  ${need.packages[manager.name]}: ${need.what}, which ${need.why}`);
	if (!(await canBecomeRoot())) return `That takes root. As root run this, then try again:\n  ${byHand}`;

	say('Installing; this takes a minute or two …');
	try {
		for (const argv of commands) await runAsRoot(argv);
	} catch (error) {
		const {all} = error as {all?: string};
		return `${all ?? String(error)}\nThe installation failed. Fix the problem shown above, or install by hand, as root:\n  ${byHand}`;
	}

	const still = (await missingOf(missing)).map(need => `${need.what} (expected in ${need.packages[manager.name]})`);
	return still.length === 0 ? undefined : `Still missing after the installation: ${still.join(', ')}`;
}

async function missingOf(needs: Need[]): Promise<Need[]> {
	const there = await Promise.all(needs.map(need => need.isThere()));
	return needs.filter((_, index) => !there[index]);
}

/** The guest is a treat: without it one domain of the lab is left out. */
async function provideGuestIfMissing(manager: Manager | undefined): Promise<void> {
	if (await findGuest()) return;
	try {
		await provideGuest(manager, say);
	} catch (error) {
		say(`The domain “counter” will be left out: ${error instanceof Error ? error.message : String(error)}`);
	}
}

async function hasFile(pattern: string): Promise<boolean> {
	for await (const _ of glob(pattern)) return true;
	return false;
}

function say(line: string): void {
	process.stderr.write(`${line}\n`);
}
