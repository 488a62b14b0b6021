/** A file that becomes an empty overlay: `qemu-img create` (qemu-img(1)). */
import {literal, strictObject, string} from 'valibot';
import {fileExists, isInUse} from '../../planning/files.ts';
import {t} from '../../words/text.ts';
import {none, nothing, nowhere, type StepKind} from '../step-kind.ts';

export const overlay: StepKind<'overlay'> = {
	schema: strictObject({kind: literal('overlay'), file: string(), base: string(), format: string()}),
	argv: ({file, base, format}) => ['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', base, '-F', format, file],
	success: 'exit',
	changes: ({file, base}) => [{sign: '~', what: t`${file} becomes an overlay of ${base}`}],
	undo: ({file}) => ({kind: 'remove-file', file}),
	evidence({file}, _plan, facts) {
		if (isInUse(facts, file)) return 'done';
		return fileExists(facts, file) ? 'unseen' : 'not-done';
	},
	repeatable: true,
	job: nothing,
	writesImages: none,
	writesFolders: none,
	makes: ({file}) => [file],
	removes: none,
	absent: none,
	uses: ({file, base}) => [file, base],
	guarded: false,
	reach: nowhere,
	power: false,
	merges: null,
};
