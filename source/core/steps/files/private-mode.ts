/** Files that no other user of the host may read. They are empty still, since nothing runs on them. */
import {array, boolean, literal, strictObject, string} from 'valibot';
import {fileExists} from '../../planning/files.ts';
import {t} from '../../words/text.ts';
import {none, nothing, nowhere, type StepKind} from '../step-kind.ts';

export const privateMode: StepKind<'private-mode'> = {
	schema: strictObject({kind: literal('private-mode'), files: array(string()), made: boolean()}),
	argv: ({files}) => ['chmod', '600', '--', ...files],
	success: 'exit',
	changes: ({files}) => files.map(file => ({sign: '~', what: t`${file}: mode 0600`})),
	undo: ({files: [file], made}) => (made && file !== undefined ? {kind: 'remove-file', file} : null),
	evidence: ({files}, _plan, facts) => (files.every(file => fileExists(facts, file)) ? 'unseen' : 'not-done'),
	repeatable: true,
	job: nothing,
	writesImages: none,
	writesFolders: none,
	makes: none,
	removes: none,
	absent: none,
	uses: ({files}) => files,
	guarded: false,
	reach: nowhere,
	power: false,
	merges: null,
};
