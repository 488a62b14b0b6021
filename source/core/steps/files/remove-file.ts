/** A file that goes, whether it is there or not. */
import {literal, strictObject, string} from 'valibot';
import {fileExists} from '../../planning/files.ts';
import {printable} from '../../words/text.ts';
import {none, nothing, type StepKind} from '../step-kind.ts';

export const removeFile: StepKind<'remove-file'> = {
	schema: strictObject({kind: literal('remove-file'), file: string()}),
	argv: ({file}) => ['rm', '-f', '--', file],
	success: 'exit',
	changes: ({file}) => [{sign: '-', what: printable(file)}],
	undo: nothing,
	evidence: ({file}, _plan, facts) => (fileExists(facts, file) ? 'not-done' : 'done'),
	repeatable: true,
	job: nothing,
	writesImages: none,
	writesFolders: ({file}) => [file],
	makes: none,
	removes: ({file}) => [file],
	absent: none,
	uses: ({file}) => [file],
	guarded: true,
	reach: () => ({snapshots: true}),
	power: false,
	merges: null,
};
