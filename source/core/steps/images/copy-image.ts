/**
 * A copy of a disk by `qemu-img convert` (qemu-img(1)), into a file that is there. `-t writeback`: all of it is on the disk when it ends;
 * by itself qemu-img leaves that to the system. Without `-U` QEMU's lock keeps whatever is read from being written to meanwhile. A snapshot
 * inside an image does not change, so QEMU may have that open.
 */
import {boolean, literal, nullable, number, strictObject, string} from 'valibot';
import {fileExists, isInUse} from '../../planning/files.ts';
import {printable, t} from '../../words/text.ts';
import {none, nowhere, type StepKind} from '../step-kind.ts';

export const copyImage: StepKind<'copy-image'> = {
	schema: strictObject({
		kind: literal('copy-image'),
		from: string(),
		format: string(),
		inside: nullable(strictObject({id: string(), tag: nullable(string())})),
		to: string(),
		bytes: number(),
		frozen: boolean(),
	}),
	argv: ({from, format, inside, to}) => [
		...['qemu-img', 'convert', '-t', 'writeback', '-f', format],
		...(inside === null ? [] : ['-U', '-l', snapshotWords(inside)]),
		...['-O', 'qcow2', from, to],
	],
	success: 'exit',
	changes: ({from, inside, to}) => [
		{
			sign: '~',
			what: t`${to} becomes a copy of ${inside === null ? printable(from) : t`${inside.tag ?? `snapshot ${inside.id}`} in ${from}`}`,
		},
	],
	undo: ({to}) => ({kind: 'remove-file', file: to}),
	evidence({to}, _plan, facts) {
		if (isInUse(facts, to)) return 'done';
		return fileExists(facts, to) ? 'unseen' : 'not-done';
	},
	repeatable: true,
	job: ({to, bytes}) => ({fills: to, bytes, abort: 'end its program'}),
	writesImages: none,
	writesFolders: none,
	makes: ({to}) => [to],
	removes: none,
	absent: none,
	uses: ({from, to}) => [from, to],
	guarded: false,
	// A long copy of what does not change is not in vain because the domain was started or edited meanwhile.
	reach: ({frozen}) => (frozen ? {state: true, definition: true} : nowhere()),
	power: false,
	merges: null,
};

/**
 * Which snapshot is meant, for `-l` and `--load-snapshot`: by both, since a tag may stand twice, and an ID is given again once it is free.
 * A tag that is no text cannot be said.
 */
export function snapshotWords({id, tag}: {readonly id: string; readonly tag: string | null}): string {
	return `snapshot.id=${id}${tag === null ? '' : `,snapshot.name=${doubled(tag)}`}`;
}

/** A comma in a value stands twice (QEMU's keyval syntax). */
export const doubled = (value: string): string => value.replaceAll(',', ',,');
