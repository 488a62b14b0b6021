/** Two images looked at, whether they read the same: `qemu-img compare` (qemu-img(1)). `-U`: QEMU may have them open. */
import {literal, strictObject, string} from 'valibot';
import {none, nothing, nowhere, type StepKind} from '../step-kind.ts';

export const compare: StepKind<'compare'> = {
	schema: strictObject({kind: literal('compare'), overlay: string(), base: string(), format: string()}),
	argv: ({overlay, base, format}) => ['qemu-img', 'compare', '-U', '-f', 'qcow2', '-F', format, overlay, base],
	success: 'exit',
	changes: none,
	undo: nothing,
	evidence: () => 'unseen',
	repeatable: true,
	job: nothing,
	writesImages: none,
	writesFolders: none,
	makes: none,
	removes: none,
	absent: none,
	uses: ({overlay, base}) => [overlay, base],
	guarded: true,
	reach: nowhere,
	power: false,
	merges: null,
};
