/** What another machine may ask for. A planner is asked nothing that no person could ask. */
import {
	array,
	boolean,
	check,
	type GenericSchema,
	maxLength,
	optional,
	picklist,
	pipe,
	strictObject,
	string,
	variant,
} from 'valibot';
import {
	type Asked,
	type CloneIntent,
	type CreateIntent,
	type DeleteIntent,
	type DropIntent,
	type EditIntent,
	type PowerIntent,
	type ReclaimIntent,
	type RestoreIntent,
	type RevertIntent,
	type SaveIntent,
	snapshotMethods,
} from '../../../core/model/intent.ts';

const word = pipe(string(), maxLength(65_536));
const path = pipe(
	word,
	check(text => text.startsWith('/'), 'not a path from the root'),
);
const flag = optional(boolean());
const afterwards = optional(picklist(['running', 'paused']));

/** One kind of wish: the compiler demands a word about each of its members. */
const wish = <Wish>(members: Readonly<Record<keyof Wish, GenericSchema>>) => strictObject(members);

const wishes = [
	wish<CreateIntent>({
		verb: picklist(['create']),
		tag: word,
		method: optional(picklist(snapshotMethods)),
		prefer: optional(picklist(['internal', 'external'])),
		description: optional(word),
		scope: optional(picklist(['memory', 'disk-only'])),
		quiesce: flag,
		dir: optional(path),
		disks: optional(pipe(array(word), maxLength(1000))),
		overlays: optional(pipe(array(strictObject({target: word, path})), maxLength(1000))),
		memoryFile: optional(path),
	}),
	wish<RevertIntent>({
		verb: picklist(['revert']),
		tag: word,
		id: optional(word),
		afterwards,
		safety: flag,
		dir: optional(path),
	}),
	wish<DeleteIntent>({verb: picklist(['delete']), tag: word, id: optional(word), children: flag, metadataOnly: flag}),
	wish<SaveIntent>({verb: picklist(['save']), file: optional(path)}),
	wish<DropIntent>({verb: picklist(['drop']), file: optional(path)}),
	wish<RestoreIntent>({verb: picklist(['restore']), file: optional(path), afterwards}),
	wish<CloneIntent>({
		verb: picklist(['clone']),
		name: word,
		tag: optional(word),
		id: optional(word),
		full: flag,
		dir: optional(path),
	}),
	wish<ReclaimIntent>({verb: picklist(['reclaim']), overlay: path}),
	wish<EditIntent>({
		verb: picklist(['edit']),
		tag: word,
		description: optional(word),
		protect: flag,
		expires: optional(word),
		newTag: optional(word),
	}),
	wish<PowerIntent>({verb: picklist(['start', 'shutdown', 'destroy', 'suspend', 'resume'])}),
	wish<Extract<Asked, {verb: 'undo'}>>({verb: picklist(['undo']), receipt: word}),
];

export const askedSchema = variant('verb', wishes as never) as unknown as GenericSchema<unknown, Asked>;
