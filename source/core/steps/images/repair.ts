/** The counts of an image put right: `qemu-img check -r` (qemu-img(1)). */
import {literal, picklist, strictObject, string} from 'valibot';
import {t} from '../../words/text.ts';
import {intoImage, nothing, nowhere, type StepKind} from '../step-kind.ts';

export const repair: StepKind<'repair'> = {
	...intoImage,
	schema: strictObject({kind: literal('repair'), file: string(), what: picklist(['all', 'leaks'])}),
	argv: ({file, what}) => ['qemu-img', 'check', '-q', '-r', what, '-f', 'qcow2', '--', file],
	changes: ({file}) => [{sign: '~', what: t`cluster counts in ${file}; its contents stay`}],
	undo: nothing,
	evidence: () => 'unseen',
	reach: nowhere,
};
