/** A snapshot by libvirt, which keeps a record of it: `virsh snapshot-create-as` (virsh(1)). */
import {array, boolean, literal, nullable, optional, picklist, strictObject, string} from 'valibot';
import type {DoesOf} from '../../model/does.ts';
import {isPutOn, sourcesOf} from '../../planning/sources.ts';
import {t} from '../../words/text.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type Sign, type StepKind} from '../step-kind.ts';

export const createSnapshot: StepKind<'create-snapshot'> = {
	...byLibvirt,
	reach: ({tag}) => ({state: true, definition: true, disks: 'all', tags: [tag], snapshots: true}),
	absent: newFiles,
	uses: ({memory, memoryMade}) => (memory !== null && memoryMade ? [memory] : []),
	schema: strictObject({
		kind: literal('create-snapshot'),
		on: addressSchema,
		tag: string(),
		description: nullable(string()),
		external: boolean(),
		memory: nullable(string()),
		memoryMade: optional(boolean()),
		live: boolean(),
		quiesce: boolean(),
		disks: array(
			strictObject({
				target: string(),
				snapshot: picklist(['internal', 'external', 'no']),
				file: nullable(string()),
			}),
		),
	}),
	argv: ({on, tag, description, external, memory, live, quiesce, disks}) =>
		virshOn(
			on,
			'snapshot-create-as',
			`--name=${tag}`,
			...(description === null ? [] : [`--description=${description}`]),
			...(external && memory === null ? ['--disk-only'] : []),
			...(external ? ['--atomic'] : []),
			...(live ? ['--live'] : []),
			...(memory === null ? [] : [memspec(memory)]),
			...(quiesce ? ['--quiesce'] : []),
			...disks.map(({target, snapshot, file}) => diskspec(target, snapshot, file)),
		),
	changes: ({tag}) => [{sign: '+', what: t`libvirt's record of ${tag}, now the current snapshot`}],
	// libvirt's --atomic leaves nothing behind on failure. Where a step follows an external one and fails, a person decides.
	undo: ({external, on, tag}) => (external ? null : {kind: 'delete-snapshot', on, tag}),
	evidence({tag}, plan, facts): Sign {
		const alike = facts.domain.snapshots.filter(snapshot => snapshot.tag === tag);
		const moved = sourcesOf(plan).filter(source => isPutOn(facts, source));
		if (alike.some(({libvirt, health}) => libvirt && health === 'ok') && moved.length === sourcesOf(plan).length)
			return 'done';
		return alike.length === 0 && moved.length === 0 ? 'not-done' : 'half';
	},
	repeatable: false,
	// Only one with its memory in a file can be broken off: `savevm` holds QEMU's monitor, and disks alone take no time.
	job: ({on, memory}) => ({
		uuid: on.uuid,
		disks: null,
		abort: memory === null ? null : ['domjobabort', `--domain=${on.uuid}`],
	}),
	makes: newFiles,
};

/** libvirt refuses overlays whose names are taken, and writes its memory into whatever has the name (verified on 9.0). */
function newFiles({memory, memoryMade, disks}: DoesOf<'create-snapshot'>): string[] {
	return [...disks.flatMap(({file}) => file ?? []), ...(memory === null || memoryMade ? [] : [memory])];
}

/** One `--diskspec=`: a comma within the file name is doubled (virsh(1), snapshot-create-as). */
export function diskspec(target: string, snapshot: string, file: string | null): string {
	const path = file === null ? '' : `,file=${doubleCommas(file)}`;
	return `--diskspec=${doubleCommas(target)},snapshot=${snapshot}${path}`;
}

/** The `--memspec=` of an external checkpoint. */
export function memspec(file: string): string {
	return `--memspec=file=${doubleCommas(file)},snapshot=external`;
}

function doubleCommas(text: string): string {
	return text.replaceAll(',', ',,');
}
