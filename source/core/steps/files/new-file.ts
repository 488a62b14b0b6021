/**
 * An empty file with the mode and owner of another one: the place of an overlay, before anything is in it. cp makes it with O_EXCL,
 * readable by nobody else until its mode is set; where the name was taken already it does nothing, exits 0, and says nothing (9.1).
 */
import {literal, picklist, strictObject, string} from 'valibot';
import {fileExists} from '../../planning/files.ts';
import {t} from '../../words/text.ts';
import {none, nothing, nowhere, type StepKind} from '../step-kind.ts';
import {takenOverWords} from './taken-over.ts';

export const newFile: StepKind<'new-file'> = {
	schema: strictObject({
		kind: literal('new-file'),
		file: string(),
		like: string(),
		takenOver: picklist(takenOverWords),
	}),
	argv: ({file, like, takenOver}) => [
		'cp',
		'--verbose',
		'--attributes-only',
		'--no-clobber',
		`--preserve=${takenOver}`,
		'--',
		like,
		file,
	],
	success: 'told',
	changes: ({file, like, takenOver}) => [
		{sign: '+', what: t`${file}, ${takenOver.replace(',', ' and ')} as of ${like}`},
	],
	undo: ({file}) => ({kind: 'remove-file', file}),
	evidence: ({file}, _plan, facts) => (fileExists(facts, file) ? 'done' : 'not-done'),
	repeatable: false,
	job: nothing,
	writesImages: none,
	writesFolders: ({file}) => [file],
	makes: ({file}) => [file],
	removes: none,
	absent: ({file}) => [file],
	uses: ({like}) => [like],
	guarded: false,
	reach: nowhere,
	power: false,
	merges: null,
};
