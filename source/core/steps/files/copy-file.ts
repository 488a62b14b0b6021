/** A copy of a small file under a new name; see new-file.ts for how it is made. */
import {literal, picklist, strictObject, string} from 'valibot';
import {fileExists} from '../../planning/files.ts';
import {printable} from '../../words/text.ts';
import {none, nothing, nowhere, type StepKind} from '../step-kind.ts';
import {takenOverWords} from './taken-over.ts';

export const copyFile: StepKind<'copy-file'> = {
	schema: strictObject({
		kind: literal('copy-file'),
		from: string(),
		to: string(),
		takenOver: picklist(takenOverWords),
	}),
	argv: ({from, to, takenOver}) => ['cp', '--verbose', '--no-clobber', `--preserve=${takenOver}`, '--', from, to],
	success: 'told',
	changes: ({to}) => [{sign: '+', what: printable(to)}],
	undo: ({to}) => ({kind: 'remove-file', file: to}),
	evidence: ({to}, _plan, facts) => (fileExists(facts, to) ? 'done' : 'not-done'),
	repeatable: false,
	job: nothing,
	writesImages: none,
	writesFolders: ({to}) => [to],
	makes: ({to}) => [to],
	removes: none,
	absent: ({to}) => [to],
	uses: ({from}) => [from],
	guarded: false,
	reach: nowhere,
	power: false,
	merges: null,
};
