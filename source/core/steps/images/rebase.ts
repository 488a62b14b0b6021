/** An overlay that names another base, which reads the same: `qemu-img rebase -u` (qemu-img(1)). */
import {literal, strictObject, string} from 'valibot';
import {t} from '../../words/text.ts';
import {intoImage, nothing, type StepKind} from '../step-kind.ts';

export const rebase: StepKind<'rebase'> = {
	// `-u` writes no more than the name of the base: twice is as good as once.
	...intoImage,
	schema: strictObject({kind: literal('rebase'), file: string(), base: string(), format: string()}),
	argv: ({file, base, format}) => ['qemu-img', 'rebase', '-u', '-f', 'qcow2', '-b', base, '-F', format, file],
	changes: ({file, base}) => [{sign: '~', what: t`${file} depends on ${base}`}],
	undo: nothing,
	evidence({file, base}, _plan, {domain}) {
		for (const {chain} of domain.disks) {
			const at = chain.findIndex(image => image.file === file);
			if (at >= 0) return chain[at + 1]?.file === base ? 'done' : 'not-done';
		}

		return 'unseen';
	},
	uses: ({file, base}) => [file, base],
	reach: () => ({disks: 'all', snapshots: true}),
};
