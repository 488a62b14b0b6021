/** What `doctor` concludes from its facts: pure, one function per line of the report. */

import type {Host} from '../../core/model/domain.ts';
import {counted, t} from '../../core/words/text.ts';
import {remedyFor, withoutSudo} from '../../libvirt/remedies.ts';
import {type DoctorFacts, isSystem, type Tool} from './facts.ts';

/** `note`: works, but something is worth knowing. `missing`: something will not work until it is mended. */
export type Check = {
	readonly name: string;
	readonly status: 'ok' | 'note' | 'missing';
	readonly found: string;
	/** The command or step that mends it; null where nothing needs mending. */
	readonly remedy: string | null;
};

/** Judge what was found, the most important first. */
export function checksOf(facts: DoctorFacts): Check[] {
	const away = facts.host?.elsewhere ?? null;
	const local = away === null;
	return [
		program(facts, 'virsh', facts.virsh, 'virsh'),
		program(facts, 'qemu-img', facts.qemuImg, 'qemu-img'),
		connection(facts),
		...configuration(facts),
		...oddReceipts(facts),
		...(facts.host
			? [
					protocol(facts.host),
					external(facts.host.externalSnapshots),
					...problems(facts),
					local ? images(facts) : elsewhere(away),
				]
			: []),
		...(local ? [...group(facts), kvm(facts), qemuUser(facts), demo(facts)] : []),
	].map(check =>
		facts.user === 'root' && check.remedy !== null ? {...check, remedy: withoutSudo(check.remedy)} : check,
	);
}

const ok = (name: string, found: string): Check => ({name, status: 'ok', found, remedy: null});
const note = (name: string, found: string, remedy: string | null): Check => ({name, status: 'note', found, remedy});
const missing = (name: string, found: string, remedy: string): Check => ({name, status: 'missing', found, remedy});

function program(facts: DoctorFacts, name: string, found: Tool, product: Product): Check {
	if (found === null) return missing(name, 'not found', install(facts, product));
	if (typeof found === 'string') return ok(name, found);
	const remedy = remedyFor(found.failure, {root: facts.user === 'root'});
	return missing(name, t`cannot be started: ${found.failure}`, remedy ?? `Find out why: ${name} --version`);
}

/** What the configuration holds and nobody understands; where hosts are named by `-c` no command stops at it. */
function configuration({configuration: {file, mistakes, unknown}}: DoctorFacts): Check[] {
	if (file === null) return [];
	const notes = [...mistakes, ...unknown].map(one => note('configuration', one, t`Correct it: ${file}`));
	return notes.length > 0 ? notes : [ok('configuration', file)];
}

function connection({host, uri, domains, reason, user}: DoctorFacts): Check {
	if (host) return ok('libvirt', `${host.libvirt} with QEMU ${host.qemu} at ${uri}, ${counted(domains, 'domain')}`);
	return missing(
		'libvirt',
		reason,
		remedyFor(reason, {root: user === 'root'}) ?? 'Check the URI and that libvirt runs: virsh -c URI version',
	);
}

function protocol({throughVirsh}: Host): Check {
	return throughVirsh === null
		? ok('reading', "libvirt's own protocol, over its socket")
		: note('reading', `through virsh, which is slower: ${throughVirsh}`, null);
}

/** Receipts that are set aside: what they tell of is unknown, and nothing of them is run. */
function oddReceipts({oddReceipts: odd}: DoctorFacts): Check[] {
	const [first] = odd;
	if (!first) return [];
	const found = t`${counted(odd.length, 'receipt')} not used: ${first.file}: ${first.reason}`;
	return [note('receipts', found, 'Check them, then move them away or correct their owner and mode: virsnap log')];
}

/** What `list` tells of each domain as well; the remedy is part of it. */
function problems({problems: all}: DoctorFacts): Check[] {
	return all.map(({domain, problem}) => note('domain', t`${domain}: ${problem}`, null));
}

function external(native: boolean): Check {
	return native
		? ok('external snapshots', 'libvirt reverts and deletes them itself')
		: note(
				'external snapshots',
				'this libvirt cannot revert them (9.9 and later can); virsnap does it step by step',
				null,
			);
}

function images({images: all, uri, user}: DoctorFacts): Check {
	const unreadable = all.filter(image => image.unreadable !== null);
	const closed = all.filter(image => image.unreadable === null && !image.writable);
	const sudo = isSystem(uri) && user !== 'root' ? 'Run virsnap with sudo.' : 'See who owns them: ls -l FILE';
	if (unreadable.length > 0) {
		const found = `${unreadable.length} of ${counted(all.length, 'image')} cannot be read: ${names(unreadable)}`;
		return missing('images', found, unreadable[0]?.unreadable?.remedy || sudo);
	}

	if (closed.length > 0) {
		const found = `${closed.length} of ${counted(all.length, 'image')} cannot be written by ${user}: ${names(closed)}`;
		return note('images', `${found}. Methods that use libvirt still work`, sudo);
	}

	return ok(
		'images',
		all.length === 0 ? 'no images found' : `${counted(all.length, 'image')}, all readable and writable`,
	);
}

function names(images: readonly {file: string}[]): string {
	const shown = images.slice(0, 3).map(({file}) => file);
	return [...shown, ...(images.length > shown.length ? ['…'] : [])].join(', ');
}

/** Only who is not root and uses the machine's daemon needs the group. */
function group({user, groups, uri}: DoctorFacts): Check[] {
	if (user === 'root' || !isSystem(uri)) return [];
	if (groups.includes('libvirt')) return [ok('libvirt group', `${user} is a member`)];
	return [note('libvirt group', `${user} is not a member`, 'sudo usermod -aG libvirt "$USER", then log in again')];
}

function kvm({kvm: access, user, uri}: DoctorFacts): Check {
	if (access === 'missing') {
		return note(
			'/dev/kvm',
			'missing: domains run slowly, under emulation',
			'Enable virtualisation in the firmware, then: sudo modprobe kvm',
		);
	}

	if (access === 'open' || isSystem(uri)) return ok('/dev/kvm', 'hardware virtualisation is there');
	return note('/dev/kvm', `not accessible to ${user}`, 'sudo usermod -aG kvm "$USER", then log in again');
}

function qemuUser({qemuUser: name}: DoctorFacts): Check {
	return name === null
		? note('QEMU user', 'unknown: not found in /etc/libvirt/qemu.conf', null)
		: ok('QEMU user', `${name}; it needs access to the folders of overlays`);
}

function demo(facts: DoctorFacts): Check {
	const lacking = [facts.libvirtd === null && 'libvirtd', facts.qemuSystem === null && 'QEMU'].filter(Boolean);
	if (lacking.length === 0) return ok('virsnap demo', `ready, with QEMU ${facts.qemuSystem}`);
	return note('virsnap demo', `needs ${lacking.join(' and ')}`, install(facts, 'hypervisor'));
}

function elsewhere(reason: string): Check {
	return note(
		'images',
		t`not on this machine (${reason}): methods that use qemu-img work only where virsnap runs beside the images`,
		null,
	);
}

type Product = 'virsh' | 'qemu-img' | 'hypervisor';

/** Package names by family of distributions: the first whose name stands in os-release's ID or ID_LIKE. */
const packages: readonly {
	readonly family: RegExp;
	readonly install: string;
	readonly names: Readonly<Record<Product, string>>;
}[] = [
	{
		family: /debian|ubuntu/,
		install: 'sudo apt install',
		names: {
			virsh: 'libvirt-clients',
			'qemu-img': 'qemu-utils',
			hypervisor: 'qemu-system-x86 libvirt-daemon libvirt-daemon-driver-qemu',
		},
	},
	{
		family: /fedora|rhel|centos/,
		install: 'sudo dnf install',
		names: {virsh: 'libvirt-client', 'qemu-img': 'qemu-img', hypervisor: 'qemu-kvm libvirt-daemon-kvm'},
	},
	{
		family: /suse/,
		install: 'sudo zypper install',
		names: {virsh: 'libvirt-client', 'qemu-img': 'qemu-img', hypervisor: 'qemu libvirt-daemon-qemu'},
	},
	{
		family: /arch/,
		install: 'sudo pacman -S',
		names: {virsh: 'libvirt', 'qemu-img': 'qemu-img', hypervisor: 'qemu-base libvirt'},
	},
];

function install({system}: Pick<DoctorFacts, 'system'>, tool: Product): string {
	const row = packages.find(({family}) => family.test(system));
	if (row) return `${row.install} ${row.names[tool]}`;
	return tool === 'hypervisor' ? 'Install libvirt and QEMU' : `Install the package that holds ${tool}`;
}
