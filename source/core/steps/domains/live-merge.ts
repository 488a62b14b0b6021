/** Layers merged by QEMU while the domain keeps running: `virsh blockcommit` (virsh(1)). With the active layer it pivots to the base. */
import {literal, nullable, picklist, strictObject, string} from 'valibot';
import type {DoesOf} from '../../model/does.ts';
import type {Change} from '../../model/step.ts';
import {isPutOn, sourcesOf} from '../../planning/sources.ts';
import {t} from '../../words/text.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type Sign, type StepKind} from '../step-kind.ts';

const pivot = ['--active', '--pivot'];

function rangeOf({range, base, top}: DoesOf<'live-merge'>): string[] {
	if (range === 'one') return ['--shallow', ...pivot];
	return range === 'all' ? [`--base=${base}`, ...pivot] : [`--base=${base}`, `--top=${top}`];
}

export const liveMerge: StepKind<'live-merge'> = {
	...byLibvirt,
	reach: ({target}) => ({definition: true, disks: [target], snapshots: true}),
	schema: strictObject({
		kind: literal('live-merge'),
		on: addressSchema,
		target: string(),
		top: nullable(string()),
		base: nullable(string()),
		range: picklist(['one', 'all', 'below']),
	}),
	argv: does => virshOn(does.on, 'blockcommit', `--path=${does.target}`, ...rangeOf(does), '--wait'),
	changes({range, target, base, top}): Change[] {
		const below = range === 'all' ? ' and of the layers under it' : '';
		const runs = t`${target} runs on ${base ?? 'the base'}`;
		return [
			{sign: '~', what: t`${base ?? 'the base'} receives the data of ${top ?? 'the overlay'}${below}`},
			...(range === 'below' ? [] : [{sign: '~', what: runs} as const]),
		];
	},
	evidence({target, top, range}, plan, facts): Sign {
		const source = sourcesOf(plan).find(one => one.target === target);
		const disk = facts.domain.disks.find(one => one.target === target);
		if (!source || !disk || disk.unreadable) return 'half';
		// Below the active layer: the disk runs on the same file before and after.
		const merged = range === 'below' ? !disk.chain.some(({file}) => file === top) : isPutOn(facts, source);
		return merged ? 'done' : 'unseen';
	},
	// One that was broken off has written to the base, and no fact shows how much.
	repeatable: true,
	job({on, target}) {
		const disk = [`--domain=${on.uuid}`, `--path=${target}`];
		return {uuid: on.uuid, disks: [target], abort: ['blockjob', ...disk, '--abort']};
	},
	merges: 'at once',
};
