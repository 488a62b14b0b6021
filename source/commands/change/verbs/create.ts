/** `virsnap create DOMAIN [TAG]` */
import {type PlacedOverlay, snapshotMethods} from '../../../core/model/intent.ts';
import {emptyTag} from '../../../core/snapshots/tag.ts';
import {t} from '../../../core/words/text.ts';
import {UsageError} from '../../context.ts';
import {plannedCommand} from '../planned.ts';
import {domainArgument} from '../request.ts';

const snapshotKinds = ['internal', 'external'] as const;

export const createCommand = plannedCommand({
	name: 'create',
	summary: 'take a snapshot',
	description: [
		"With pictures = true in virsnap/config.toml a small picture of a running guest's screen (58 KB at most) is kept with it: see the details in the terminal UI.",
	],
	arguments: [
		domainArgument,
		{name: 'TAG', help: 'name of the new snapshot; default: made of the date and time', optional: true},
	],
	options: {
		method: {
			value: 'ID',
			help: `${snapshotMethods.slice(0, -1).join(', ')} or ${snapshotMethods.at(-1)}; default: chosen automatically, with the reason`,
			completes: snapshotMethods,
		},
		prefer: {
			value: 'KIND',
			help: 'internal or external; default: the kind that the domain has already, or that works whether it runs or not',
			completes: snapshotKinds,
		},
		description: {value: 'TEXT', help: 'a note that libvirt keeps with the snapshot'},
		memory: {help: 'include memory, or refuse'},
		'disk-only': {help: 'take the disks without memory'},
		quiesce: {help: 'freeze the file systems through the guest agent first'},
		disk: {
			value: 'TARGET',
			help: 'only this disk, such as vda; several with commas, or the option several times; default: all',
			several: true,
			completes: 'disks',
		},
		dir: {value: 'DIR', help: 'folder for new overlays; default: beside each disk', completes: 'folder'},
		overlay: {
			value: 'TARGET=PATH',
			help: 'where the overlay of this disk goes: a new file, or a folder; several times for several disks',
			several: true,
			completes: 'disk=file',
		},
		'memory-file': {
			value: 'PATH',
			help: 'include memory, in a file of its own: a new file, or a folder for it; default: beside the first overlay',
			completes: 'file',
		},
	},
	exclusive: [
		['memory', 'disk-only'],
		['method', 'prefer'],
	],
	examples: [
		{line: 'create web', does: 'Show the plan, ask, and take a snapshot named by date and time.'},
		{
			line: 'create db nightly --disk-only --quiesce --yes',
			does: 'Take the disks alone, with frozen file systems, unasked.',
		},
		{
			line: 'create db nightly --disk vda --overlay vda=/fast/',
			does: 'Leave the other disks out, and choose a folder for the overlay.',
		},
	],
	request({words: [domain = '', tag], options}) {
		// A tag that is given and empty, as of an unset variable, is none that was left out.
		if (tag === '') return {refusal: emptyTag};
		const {description, memory, quiesce, dir} = options;
		const memoryFile = options['memory-file'];
		const scope = memory ? 'memory' : options['disk-only'] ? 'disk-only' : null;
		return {
			domain,
			intent: {
				verb: 'create',
				tag: tag ?? '',
				...(options.method === undefined ? {} : {method: methodNamed(options.method)}),
				...(options.prefer === undefined ? {} : {prefer: kindNamed(options.prefer)}),
				...(description === undefined ? {} : {description}),
				...(scope === null ? {} : {scope}),
				...(quiesce ? {quiesce} : {}),
				...(dir === undefined ? {} : {dir}),
				...(options.disk === undefined ? {} : {disks: targetsIn(options.disk)}),
				...(options.overlay === undefined ? {} : {overlays: overlaysIn(options.overlay)}),
				...(memoryFile === undefined ? {} : {memoryFile}),
			},
		};
	},
});

/** "vda,vdb": no target holds a comma. */
function targetsIn(words: readonly string[]): readonly string[] {
	const targets = words.flatMap(word => word.split(','));
	if (targets.includes('')) throw new UsageError('--disk lacks a TARGET', 'Such as: --disk vda,vdb');
	onceEach(targets, '--disk');
	return targets;
}

function overlaysIn(words: readonly string[]): readonly PlacedOverlay[] {
	const placed = words.map(word => {
		const [, target, path] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
		if (target && path) return {target, path};
		throw new UsageError(t`--overlay takes a disk and a path, not '${word}'`, 'Such as: --overlay vda=/fast/vda.qcow2');
	});
	onceEach(
		placed.map(({target}) => target),
		'--overlay',
	);
	return placed;
}

/** Which of two is meant is not known. */
function onceEach(targets: readonly string[], option: string): void {
	const twice = targets.find((target, at) => targets.indexOf(target) !== at);
	if (twice !== undefined) throw new UsageError(t`${option} names ${twice} twice`, 'Name each disk once');
}

function kindNamed(word: string) {
	const kind = snapshotKinds.find(known => known === word);
	if (kind) return kind;
	throw new UsageError(t`There is no kind '${word}'`, `Kinds: ${snapshotKinds.join(' and ')}`);
}

function methodNamed(id: string) {
	const method = snapshotMethods.find(known => known === id);
	if (method) return method;
	throw new UsageError(t`There is no method '${id}'`, `Methods: ${snapshotMethods.join(', ')}`);
}
