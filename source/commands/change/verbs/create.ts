/** `virsnap create DOMAIN [TAG]` */
import {snapshotMethods} from '../../../core/model/intent.ts';
import {emptyTag} from '../../../core/snapshots/tag.ts';
import {t} from '../../../core/words/text.ts';
import {UsageError} from '../../context.ts';
import {plannedCommand} from '../planned.ts';
import {domainArgument} from '../request.ts';

const snapshotKinds = ['internal', 'external'] as const;

export const createCommand = plannedCommand({
	name: 'create',
	summary: 'take a snapshot',
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
		dir: {value: 'DIR', help: 'folder for new overlays; default: beside each disk', completes: 'folder'},
	},
	exclusive: [
		['memory', 'disk-only'],
		['method', 'prefer'],
	],
	examples: [
		{line: 'create web', does: 'Show the plan, ask, and take a snapshot named by date and time.'},
		{line: 'create web before-upgrade --yes', does: 'Take one without confirmation.'},
		{line: 'create db nightly --disk-only --quiesce', does: 'Take the disks alone, with frozen file systems.'},
	],
	request({words: [domain = '', tag], options}) {
		// A tag that is given and empty, as of an unset variable, is none that was left out.
		if (tag === '') return {refusal: emptyTag};
		const {description, memory, quiesce, dir} = options;
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
			},
		};
	},
});

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
