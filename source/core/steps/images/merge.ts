/** An overlay merged into its base by `qemu-img commit` (qemu-img(1)). `-d`: the overlay is left as it is, and not emptied. */
import {boolean, literal, nullable, strictObject, string} from 'valibot';
import {t} from '../../words/text.ts';
import {none, nothing, type StepKind} from '../step-kind.ts';

export const merge: StepKind<'merge'> = {
	schema: strictObject({
		kind: literal('merge'),
		overlay: string(),
		format: string(),
		base: nullable(string()),
		through: boolean(),
	}),
	argv: ({overlay, format, base, through}) => [
		...['qemu-img', 'commit', '-q', '-d', '-f', format],
		...(through && base !== null ? ['-b', base] : []),
		overlay,
	],
	success: 'exit',
	changes: ({overlay, base, through}) => [
		{
			sign: '~',
			what: through
				? t`${base ?? 'the base'} receives the data of ${overlay} and of the layers under it`
				: t`${base ?? 'the base'} receives the data of ${overlay}`,
		},
	],
	undo: nothing,
	// One that was broken off has written to the base, and no fact shows how much.
	evidence: () => 'unseen',
	repeatable: true,
	job: nothing,
	writesImages: ({overlay, base}) => (base === null ? [overlay] : [overlay, base]),
	writesFolders: none,
	makes: none,
	removes: none,
	absent: none,
	uses: ({overlay, base}) => (base === null ? [overlay] : [overlay, base]),
	guarded: true,
	reach: () => ({snapshots: true}),
	power: false,
	merges: 'at once',
};
