/** Plans for memory alone: into a file or libvirt's managed save, back from there, or thrown away. */
import {hint, virsh, virshDomain} from './argv.ts';
import {basisOf} from './basis.ts';
import {dependantsRefusal} from './dependants.ts';
import {activeFile, type Facts, isActive, writableDisks} from './domain.ts';
import {uuidOf} from './domain-xml.ts';
import {heldRefusal} from './held.ts';
import {directoryOf, newFileRefusal, spaceRefusal} from './overlay.ts';
import {memoryPause} from './pause.ts';
import type {DropIntent, Expectation, Outcome, Plan, Refusal, RestoreIntent, SaveIntent, Space} from './plan.ts';
import {removeStep} from './steps.ts';
import {enumerate, formatDate, printable} from './text.ts';

type Draft = Pick<Plan, 'verb' | 'why' | 'pause' | 'steps' | 'expect'> & Partial<Plan>;

function planOf(facts: Facts, draft: Draft): Outcome {
	const {domain} = facts;
	return {
		plan: {
			domain: {uuid: domain.uuid, name: domain.name},
			tag: null,
			method: 'memory',
			consistency: null,
			losses: [],
			warnings: [],
			wayBack: '',
			onFailure: 'stop',
			confirm: null,
			basis: basisOf(facts),
			...draft,
		},
	};
}

/** `virsh save DOMAIN FILE` or `virsh managedsave DOMAIN`: memory and devices go into a file, and the domain stops. */
export function savePlan(facts: Facts, {file}: SaveIntent): Outcome {
	const refusal = saveRefusal(facts) ?? (file === undefined ? managedRefusal(facts) : fileRefusal(facts, file));
	if (refusal) return {refusal};
	const {domain, host} = facts;
	const place = file === undefined ? "libvirt's managed save" : printable(file);
	return planOf(facts, {
		verb: 'save',
		why:
			file === undefined
				? 'libvirt keeps the memory, and the next start goes on from it.'
				: 'Asked for in a file of its own.',
		pause: `${facts.domain.state === 'paused' ? '' : `${memoryPause(facts)}; then `}off until it is restored`,
		steps: [
			{
				title: `Save the memory of ${printable(domain.name)}`,
				argv:
					file === undefined
						? virshDomain(host, 'managedsave', domain)
						: virshDomain(host, 'save', domain, `--file=${file}`),
				success: 'exit',
				changes: [
					{sign: '+', what: `memory of ${printable(domain.name)} in ${place}`},
					{sign: '~', what: 'the domain stops'},
				],
				undo: null,
			},
		],
		warnings: [
			'The disks are not part of it: they must not change until it is restored.',
			...(domain.persistent
				? []
				: ['The domain is transient: libvirt forgets it when it stops, and the file defines it anew.']),
		],
		wayBack:
			file === undefined ? 'Start it (s): it goes on where it was.' : `Restore it: virsnap restore ${printable(file)}.`,
		expect: domain.persistent
			? [
					{kind: 'state', state: file === undefined ? 'saved' : 'shut off'},
					...(file === undefined ? [] : [{kind: 'file', file, present: true} as const]),
				]
			: [],
		...(file === undefined ? {} : {file, space: [spaceAt(facts, directoryOf(file))]}),
	});
}

function spaceAt({domain, directories}: Facts, where: string): Space {
	return {where, neededBytes: domain.memoryBytes, freeBytes: directories[where]?.freeBytes ?? null};
}

function saveRefusal(facts: Facts): Refusal | null {
	const {domain, host} = facts;
	if (!['running', 'idle', 'paused'].includes(domain.state)) {
		return {
			code: 'wrong-state',
			reason: `The domain is ${domain.state}, so there is no memory to save.`,
			remedy:
				domain.state === 'pmsuspended'
					? `Wake it up first: ${hint(host, 'dompmwakeup', domain)}.`
					: `Start it first: ${hint(host, 'start', domain)}.`,
		};
	}
	if (domain.unsavable.length > 0) {
		return {
			code: 'unsavable-device',
			reason: `QEMU cannot save the state of ${enumerate(domain.unsavable.map(printable))}.`,
			remedy: `Shut it down instead: ${hint(host, 'shutdown', domain)}.`,
		};
	}
	return heldRefusal(facts, 'memory');
}

function managedRefusal({domain}: Facts): Refusal | null {
	if (domain.persistent) return null;
	return {
		code: 'unsupported',
		reason: 'The domain is transient, and libvirt keeps no managed save of such a one.',
		remedy: 'Save it into a file: virsnap save DOMAIN FILE.',
	};
}

function fileRefusal(facts: Facts, file: string): Refusal | null {
	if (!file.startsWith('/')) {
		return {
			code: 'not-writable',
			reason: `${printable(file)} is not an absolute path.`,
			remedy: 'Name the file from the root: /var/lib/libvirt/images/web.save.',
		};
	}
	return (
		newFileRefusal(facts, [file]) ?? spaceRefusal(facts, directoryOf(file), facts.domain.memoryBytes, 'the memory')
	);
}

/** `virsh restore FILE`, or a start that goes on from the managed save. */
export function restorePlan(facts: Facts, intent: RestoreIntent): Outcome {
	const {domain, host} = facts;
	const {file, afterwards} = intent;
	const refusal = restoreRefusal(facts, file);
	if (refusal) return {refusal};
	const state: Expectation = afterwards
		? {kind: 'state', state: afterwards}
		: {kind: 'state', state: 'running', or: 'paused'};
	const name = printable(domain.name);
	return planOf(facts, {
		verb: 'restore',
		why:
			file === undefined
				? 'Its memory is in a managed save: a start goes on from it.'
				: `Its memory of ${formatDate(facts.saveImages[file]!.writtenAt)} is in the file, and its disks are as they were then.`,
		pause: 'none: it is shut off',
		steps: [
			{
				title: `Restore ${name}`,
				argv:
					file === undefined
						? virshDomain(host, 'start', domain, ...(afterwards === 'paused' ? ['--paused'] : []))
						: virsh(host, 'restore', `--file=${file}`, ...(afterwards ? [`--${afterwards}`] : [])),
				success: 'exit',
				changes: [
					{sign: '~', what: `${name} goes on where it was`},
					...(file === undefined ? [{sign: '-', what: 'the managed save, once it is loaded'} as const] : []),
				],
				undo: null,
			},
		],
		warnings:
			file === undefined
				? []
				: [`${printable(file)} stays on disk. Once the domain has written to its disks it must not be restored again.`],
		wayBack: 'Save it again (m), or shut it down (x).',
		expect: [state],
		...(file === undefined ? {} : {file}),
	});
}

function restoreRefusal(facts: Facts, file: string | undefined): Refusal | null {
	const {domain, host} = facts;
	if (isActive(domain)) {
		return {
			code: 'wrong-state',
			reason: `The domain is ${domain.state}; memory is loaded into one that is off.`,
			remedy: `Shut it down first: ${hint(host, 'shutdown', domain)}.`,
		};
	}
	const images = dependantsRefusal(
		facts,
		writableDisks(domain)
			.filter(disk => !disk.shareable)
			.map(activeFile),
	);
	if (file === undefined) return domain.managedSave ? images : nothingSaved(facts, 'restore');
	if (domain.managedSave) {
		return {
			code: 'saved-memory',
			reason: 'There is a managed save too, newer or older than the file: libvirt would drop it without a word.',
			remedy: `Go on from that (s), or drop it first: ${hint(host, 'managedsave-remove', domain)}.`,
		};
	}
	return imageRefusal(facts, file) ?? images;
}

function nothingSaved({domain, host}: Facts, verb: 'restore' | 'drop'): Refusal {
	const instead =
		verb === 'restore' ? `Start it (${hint(host, 'start', domain)}), or name the file` : 'If a file has it, name that';
	return {
		code: 'not-found',
		reason: `${printable(domain.name)} has no managed save.`,
		remedy: `${instead}: virsnap ${verb} FILE.`,
	};
}

/** libvirt takes no lock on disks whose memory is saved: nothing but a look at the files tells whether the two still belong together. */
function imageRefusal(facts: Facts, file: string): Refusal | null {
	const {domain, saveImages} = facts;
	const image = saveImages[file];
	if (!image || uuidOf(image.xml) !== domain.uuid) {
		return {
			code: 'not-found',
			reason: `${printable(file)} holds no saved memory of ${printable(domain.name)}.`,
			remedy: 'See whose it is: virsh save-image-dumpxml FILE.',
		};
	}
	const then = new Map(image.sources.map(({target, source}) => [target, source]));
	const moved = writableDisks(domain).filter(disk => then.get(disk.target) !== disk.source);
	const remedy = 'Start the domain without it (s), or bring the disks back to that time first.';
	if (moved.length > 0) {
		return {
			code: 'disks-changed',
			reason: `Since the memory was saved ${enumerate(moved.map(disk => disk.target))} got another source: the guest would go on with other disk contents.`,
			remedy,
		};
	}
	if (image.changedSince.length === 0) return null;
	return {
		code: 'disks-changed',
		reason: `${enumerate(image.changedSince.map(printable))} was written to after the memory was saved: the guest would go on with other disk contents and ruin its file systems.`,
		remedy,
	};
}

/** `virsh managedsave-remove`, or the file's removal: the disks stay as they are, as after a power cut. */
export function dropPlan(facts: Facts, {file}: DropIntent): Outcome {
	const {domain, host} = facts;
	const image = file === undefined ? null : facts.saveImages[file];
	if (file === undefined && !domain.managedSave) return {refusal: nothingSaved(facts, 'drop')};
	if (file !== undefined && (!image || uuidOf(image.xml) !== domain.uuid)) return {refusal: imageRefusal(facts, file)!};
	const owner = domain.snapshots.find(snapshot => file !== undefined && snapshot.memoryFile === file);
	if (owner) {
		return {
			refusal: {
				code: 'method-mismatch',
				reason: `${printable(file!)} is the memory of snapshot ${printable(owner.tag)}.`,
				remedy: `Delete ${printable(owner.tag)} (d): its memory file goes along.`,
			},
		};
	}
	return planOf(facts, {
		verb: 'drop',
		why: 'The disks stay as they are; what was in memory only is given up.',
		pause: 'none: it is shut off',
		steps: [
			file === undefined
				? {
						title: 'Drop the managed save',
						argv: virshDomain(host, 'managedsave-remove', domain),
						success: 'exit',
						changes: [{sign: '-', what: 'the saved memory'}],
						undo: null,
					}
				: removeStep(file),
		],
		losses: ['The saved memory: what ran, and what the guest had not written to its disks yet.'],
		confirm: domain.name,
		expect: file === undefined ? [{kind: 'state', state: 'shut off'}] : [{kind: 'file', file, present: false}],
		...(file === undefined ? {} : {file}),
	});
}
