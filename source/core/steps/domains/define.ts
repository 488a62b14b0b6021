/** The definition of a domain with other files for some of its disks. The XML goes in as the step's input, so that no file is left behind. */
import {array, literal, optional, strictObject, string, variant} from 'valibot';
import {recordedBelow} from '../../domain-xml/sources.ts';
import {isPutOn, sourcesOf} from '../../planning/sources.ts';
import {t} from '../../words/text.ts';
import {addressSchema, virsh} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';

const kind = variant('type', [
	strictObject({type: literal('block')}),
	strictObject({type: literal('volume'), pool: string(), volume: string()}),
]);
const placed = array(strictObject({target: string(), file: string(), format: string(), as: optional(kind)}));

export const define: StepKind<'define'> = {
	...byLibvirt,
	reach: ({disks, before}) => ({
		definition: true,
		disks: [...disks, ...before].map(({target}) => target),
		snapshots: true,
	}),
	schema: strictObject({kind: literal('define'), on: addressSchema, disks: placed, before: placed}),
	argv: ({on}) => virsh(on, 'define', '--file=/dev/stdin'),
	changes: ({disks}) => disks.map(({target, file}) => ({sign: '~', what: t`${target} runs on ${file}`})),
	// With the definition as it was before for its input.
	undo: ({on, disks, before}) => ({kind: 'define', on, disks: before, before: disks}),
	evidence({disks, before}, plan, facts) {
		if (disks.length + before.length === 0) return 'done';
		const leaving = before.filter(({target}) => !disks.some(disk => disk.target === target));
		if (leaving.some(({target, file}) => isPutOn(facts, {kind: 'source', target, file}))) return 'not-done';
		if (disks.length === 0) return 'done';
		if (sourcesOf(plan).length === 0) return 'half';
		if (!sourcesOf(plan).every(source => isPutOn(facts, source))) return 'not-done';
		// Where the files stay it is what was recorded below them that goes.
		const stay = disks.filter(({target, file}) => before.some(one => one.target === target && one.file === file));
		const recorded = stay.length === 0 ? new Map() : recordedBelow(facts.inactiveXml);
		return stay.some(({target}) => recorded.has(target)) ? 'not-done' : 'done';
	},
	repeatable: false,
};
