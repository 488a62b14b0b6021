/** A snapshot in the table of one image: `qemu-img snapshot -c|-a|-d TAG FILE` (qemu-img(1)). */
import {literal, optional, picklist, pipe, regex, strictObject, string} from 'valibot';
import type {ImageSnapshot} from '../../model/disk.ts';
import type {Facts} from '../../model/facts.ts';
import type {Change} from '../../model/step.ts';
import {isAsBefore} from '../../planning/basis.ts';
import {t} from '../../words/text.ts';
import {intoImage, type Sign, type StepKind} from '../step-kind.ts';

const flags = {create: '-c', apply: '-a', delete: '-d'} as const;

export const imageSnapshot: StepKind<'image-snapshot'> = {
	...intoImage,
	schema: strictObject({
		kind: literal('image-snapshot'),
		action: picklist(['create', 'apply', 'delete']),
		tag: string(),
		id: optional(string()),
		rawTag: optional(pipe(string(), regex(/^(?:\\[0-3][0-7]{2})+$/))),
		file: string(),
	}),
	// `-d` takes a tag only, of several equal ones the first (verified on 7.2): the ID says which one has to be gone afterwards.
	argv: ({action, tag, rawTag, file}) =>
		rawTag === undefined
			? ['qemu-img', 'snapshot', flags[action], tag, file]
			: // Words of a command are text here; a shell can make others.
				['sh', '-c', `qemu-img snapshot ${flags[action]} "$(printf "$1")" "$2"`, 'sh', rawTag, file],
	changes({action, tag, file}): Change[] {
		if (action === 'apply') return [{sign: '~', what: t`contents of ${file}`}];
		return [{sign: action === 'create' ? '+' : '-', what: t`internal snapshot ${tag} in ${file}`}];
	},
	undo: ({action, tag, file}) => (action === 'create' ? {kind: 'image-snapshot', action: 'delete', tag, file} : null),
	evidence({action, tag, id, file}, plan, facts): Sign {
		const entries = tableOf(facts, file);
		if (entries === null) return 'half';
		if (id !== undefined) return entries.some(entry => entry.id === id && entry.tag === tag) ? 'not-done' : 'done';
		const table = entries.map(entry => entry.tag);
		if (action === 'apply') return 'unseen';
		const count = table.filter(entry => entry === tag).length;
		if (action === 'create') return count > 0 ? 'done' : 'not-done';
		if (count > 1 && !isAsBefore(plan, facts)) return 'half';
		return count === 0 ? 'done' : 'not-done';
	},
	reach: ({tag}) => ({tags: [tag], snapshots: true}),
};

/** An image's own table; null where it is in no present chain. */
function tableOf({domain}: Facts, file: string): readonly ImageSnapshot[] | null {
	const image = domain.disks.flatMap(disk => disk.chain).find(candidate => candidate.file === file);
	return image?.snapshots ?? null;
}
