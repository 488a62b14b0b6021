/** docs/methods.md: the choice of methods as tables, made by the planner itself. */

import {methodChoices, methods} from '../source/core/create/methods.ts';
import {createPlan} from '../source/core/create/plan-create.ts';
import {capabilities} from '../source/core/model/capabilities.ts';
import type {Disk} from '../source/core/model/disk.ts';
import type {Domain, DomainState, Firmware, Host} from '../source/core/model/domain.ts';
import type {Facts} from '../source/core/model/facts.ts';
import {disk, GiB} from '../test/facts/domain.ts';
import {facts as exampleFacts} from '../test/facts/facts.ts';

const states: readonly DomainState[] = ['shut off', 'running', 'paused', 'saved'];

const hosts: readonly Host[] = [
	{
		uri: null,
		elsewhere: null,
		system: true,
		libvirt: '9.0.0',
		qemu: '7.2.0',
		externalSnapshots: false,
		throughVirsh: null,
	},
	{
		uri: null,
		elsewhere: null,
		system: true,
		libvirt: '11.3.0',
		qemu: '10.0.0',
		externalSnapshots: true,
		throughVirsh: null,
	},
];

const firmwares: readonly (readonly [string, Firmware])[] = [
	['BIOS', {kind: 'bios', nvram: null}],
	['UEFI, raw NVRAM', {kind: 'uefi', nvram: {file: '/images/web_VARS.fd', format: 'raw'}}],
	['UEFI, qcow2 NVRAM', {kind: 'uefi', nvram: {file: '/images/web_VARS.qcow2', format: 'qcow2'}}],
];

const plain = disk('vda');
const layouts: readonly (readonly [string, readonly Disk[]])[] = [
	['qcow2', [plain]],
	['qcow2, raw', [plain, disk('vdb', {format: 'raw'})]],
];

/** One unusual disk beside a plain one, and how each method takes it. */
const oddDisks: readonly (readonly [string, Disk])[] = [
	['CD-ROM, with or without a medium', disk('sda', {device: 'cdrom', readonly: true, format: 'raw'})],
	['floppy', disk('fda', {device: 'floppy', format: 'raw'})],
	['empty drive', disk('sda', {device: 'cdrom', source: null, chain: []})],
	['read-only', disk('vdb', {readonly: true})],
	["snapshot='no'", disk('vdb', {snapshotPolicy: 'no'})],
	['raw', disk('vdb', {format: 'raw'})],
	['shareable', disk('vdb', {shareable: true})],
	['transient', disk('vdb', {transient: true})],
	['lun', disk('sda', {device: 'lun', type: 'block', format: 'raw', source: '/dev/sdx'})],
	['block device, qcow2 on it', disk('vdb', {type: 'block', source: '/dev/vg/data'})],
	['encrypted', disk('vdb', {encrypted: true})],
	['network', unread('vdb', 'network', 'rbd:pool/data')],
	['volume that libvirt cannot find', unread('vdb', 'volume', 'volume:default/data')],
	['nvme', unread('vdb', 'nvme', 'nvme:1')],
	['unreadable', {...disk('vdb', {chain: []}), unreadable: {reason: 'It is gone.', remedy: 'Bring it back.'}}],
];

/** What plans name as their method without taking a snapshot. */
const otherMethods = [
	{
		id: 'memory',
		needs: 'running or paused',
		captures: 'memory and devices, no disks; the domain stops',
		costs: 'a file about as large as the memory in use',
	},
	{
		id: 'linked-clone',
		needs: 'a base that is shut off and stays so',
		captures: 'a new domain on an overlay of this one',
		costs: 'the base must not be started while clones exist',
	},
	{
		id: 'full-clone',
		needs: 'a domain that is shut off, or a snapshot',
		captures: 'a new domain on copies of its own',
		costs: 'about as much room as the disks occupy, and the time to copy them',
	},
];

export function methodsDocument(): string {
	return `${[
		'# Methods',
		'<!-- Written by `npm run docs` from source/core/create/methods.ts and source/core/model/capabilities.ts: edit those. -->',
		'What a snapshot can be taken with, what it needs and what it costs. Left to itself virsnap keeps to one kind for a domain, whether it runs or not: the kind that its snapshots have already; else internal, where that works in every state (all writable disks qcow2, memory that can be saved, firmware that allows it); else external. It says why. `--prefer internal` or `--prefer external` turns that round, `--method` asks for one method.',
		table(
			['method', 'needs', 'holds', 'costs'],
			[...methods, ...otherMethods].map(({id, needs, captures, costs}) => [`\`${id}\``, needs, captures, costs]),
		),
		'## What is taken',
		'By state, disks, firmware and libvirt. In brackets: the code of the refusal, as `virsnap plan create … --json` gives it.',
		...hosts.flatMap(host => [`### libvirt ${host.libvirt}`, choiceTable(host)]),
		'## Disks that are not plain',
		'Beside one qcow2 disk, on libvirt 11.3. A disk that is left out stays as it is; a plan says so where that matters. A volume of a storage pool counts as what it is: a file, a block device or a network disk. libvirt itself does not take it for its file where it reverts or deletes external snapshots, so there virsnap does that step by step.',
		diskTable(hosts[1]!),
		'## What differs between versions',
		table(
			['what', 'where', 'known from'],
			Object.values(capabilities).map(({what, rule, source}) => [what, rule, source]),
		),
		'## Several disks',
		'All or nothing, whatever the method. libvirt and QEMU take all disks in one transaction (`--atomic`, `savevm`). qemu-img works on one file after the other: where it fails on the second, the first is rolled back at once, and the receipt says so.',
		'## Saved memory',
		"A managed save is a row of its own in its domain's list, of kind `memory`, with the date and size of libvirt's file where that can be looked at: `r` (restore) resumes from it, `d` (drop) discards it. In `list --json` that row has `managedSave: true`, and its `tag` is not a snapshot's.",
		'## Clones',
		"The new domain is defined from the base's own XML, with another name, UUID and MAC addresses, and with a copy of its NVRAM. `virt-install --import` would need one program more, and would choose new hardware.",
		'A linked clone has overlays. While one of the domain itself exists its base is not started: its writes would corrupt the clone. One of a snapshot (`clone DOMAIN@TAG`) depends on the layer that an external snapshot keeps, wherever in the chain that is: the domain may run, and what would write to that layer or remove it is refused and names the clone. A full clone (`--full`) has copies, by `qemu-img convert`: of the disks as they are, of such a layer with all that is below it, or out of a snapshot inside an image, which does not change while the domain runs. Inside an image there is nothing that an overlay could depend on, so those are only copied.',
		'A clone of a snapshot is defined as libvirt recorded the domain then, else as it is now. The memory of a snapshot is not copied: the clone starts as after a power cut. Its UEFI variables are those that the domain has now.',
		'`virsnap undo` removes a clone and its files while it is shut off and nothing depends on it.',
	].join('\n\n')}\n`;
}

function choiceTable(host: Host): string {
	const rows = states.flatMap(state =>
		layouts.flatMap(([disks, list]) =>
			firmwares.map(([firmware, value]) => {
				const facts = factsOf(host, {state, disks: list, firmware: value});
				return [state, disks, firmware, ...taken(facts), refused(facts)];
			}),
		),
	);
	return table(['state', 'disks', 'firmware', 'taken', 'consistency', 'guest pauses', 'refused'], rows);
}

function taken(facts: Facts): string[] {
	const outcome = createPlan(facts, {verb: 'create', tag: 'before-upgrade'});
	if ('refusal' in outcome) return [`none (${outcome.refusal.code})`, '–', '–'];
	const {method, consistency, pause} = outcome.plan;
	return [`\`${method}\``, consistency ?? '–', pause];
}

function refused(facts: Facts): string {
	const choices = methodChoices(facts, {verb: 'create', tag: 'before-upgrade'});
	const codes = new Map<string, string[]>();
	for (const {method, refusal} of choices) {
		if (refusal) codes.set(refusal.code, [...(codes.get(refusal.code) ?? []), method.id]);
	}
	return [...codes].map(([code, ids]) => `${ids.join(', ')} (${code})`).join('; ') || '–';
}

function diskTable(host: Host): string {
	const rows = oddDisks.map(([name, odd]) => {
		const cells = (['shut off', 'running'] as const).flatMap(state => {
			const facts = factsOf(host, {state, disks: [plain, odd]});
			const ids =
				state === 'shut off' ? ['libvirt-internal', 'external-offline'] : ['libvirt-internal', 'external-live'];
			return ids.map(id => treatment(facts, id));
		});
		return [name, ...cells];
	});
	return table(['disk', 'internal, shut off', 'external, shut off', 'internal, running', 'external, running'], rows);
}

function treatment(facts: Facts, id: string): string {
	const choice = methodChoices(facts, {verb: 'create', tag: 'before-upgrade'}).find(({method}) => method.id === id)!;
	if (choice.refusal) return `refused (${choice.refusal.code})`;
	const outcome = createPlan(facts, {verb: 'create', tag: 'before-upgrade', method: choice.method.id});
	if ('refusal' in outcome) return `refused (${outcome.refusal.code})`;
	const odd = facts.domain.disks[1]!;
	const written = outcome.plan.steps.some(step =>
		step.changes.some(({what}) => odd.source !== null && what.includes(odd.source)),
	);
	return written ? 'taken' : 'left out';
}

function unread(target: string, type: string, source: string): Disk {
	const unreadable = {reason: `${type} disk`, remedy: 'See it through libvirt.'};
	return {...disk(target, {type, source, format: 'raw'}), chain: [], unreadable};
}

function factsOf(host: Host, like: Pick<Domain, 'state' | 'disks'> & Partial<Domain>): Facts {
	const folder = (path: string) => ({path, freeBytes: 1024 ** 4, writable: true, entries: []});
	return exampleFacts({
		host,
		domain: {...like, managedSave: like.state === 'saved', memoryBytes: 2 * GiB},
		directories: {'/images': folder('/images'), '/dev': folder('/dev'), '/dev/vg': folder('/dev/vg')},
	});
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const line = (cells: readonly string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
	return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}
