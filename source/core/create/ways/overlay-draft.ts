/** What the ways of taking an external snapshot share: libvirt puts each disk on a new overlay. */

import {can} from '../../model/capabilities.ts';
import type {Disk} from '../../model/disk.ts';
import type {DoesOf} from '../../model/does.ts';
import type {Facts} from '../../model/facts.ts';
import type {CreateIntent} from '../../model/intent.ts';
import type {Expectation} from '../../model/plan.ts';
import type {Change} from '../../model/step.ts';
import {type Overlay, spaceWarnings} from '../../planning/file-names.ts';
import type {Draft} from '../../planning/plan-of.ts';
import {t} from '../../words/text.ts';
import {newOverlays} from '../choice/chosen-disks.ts';
import {type Capture, createStep, metadataChange, sameState} from '../create-step.ts';

/** What an external snapshot may hold beside the overlays, and how it is taken. */
type Extras = Partial<Pick<DoesOf<'create-snapshot'>, 'memory' | 'memoryMade' | 'live' | 'quiesce'>>;

/** A draft with libvirt's one step. `warnings` come before the general ones. */
export function overlayDraft(
	facts: Facts,
	intent: CreateIntent,
	extras: Extras,
	held: Capture,
	warnings: readonly string[] = [],
): Draft {
	const overlays = newOverlays(facts, intent);
	const disks = [
		...overlays.map(({disk, file}) => ({target: disk.target, snapshot: 'external', file}) as const),
		...leftOut(facts.domain.disks, overlays).map(({target}) => ({target, snapshot: 'no', file: null}) as const),
	];
	const changes = [...overlays.flatMap(overlayChanges), metadataChange(intent.tag)];
	return {
		...held,
		steps: [createStep(facts, intent, {external: true, disks, ...extras}, changes)],
		warnings: [...warnings, ...spaceWarnings(facts, overlays), ...chainWarnings(facts, overlays)],
		wayBack: t`Delete the snapshot ${intent.tag}: each overlay is committed into its base.`,
		expect: [
			{kind: 'snapshot', tag: intent.tag, health: ['ok']},
			...overlays.map(({disk, file}): Expectation => ({kind: 'source', target: disk.target, file})),
			...sameState(facts),
		],
	};
}

/** The limit is not exact ("more than ~25"): said from a little below. */
const longestChain = 24;

/** A running domain goes on with a chain of any length; it is the next start that fails. */
function chainWarnings({host}: Facts, overlays: readonly Overlay[]): string[] {
	if (can(host, 'long-chains')) return [];
	const long = overlays.filter(({disk}) => disk.chain.length >= longestChain);
	return long.map(
		({disk}) =>
			`${disk.target} then has ${disk.chain.length + 1} layers, and libvirt ${host.libvirt} starts no domain with more than about 25: delete older snapshots first.`,
	);
}

/** Every other disk is named as left out, so that libvirt's own defaults choose nothing. Empty drives have nothing to leave out. */
function leftOut(disks: readonly Disk[], overlays: readonly Overlay[]): Disk[] {
	const taken = new Set(overlays.map(overlay => overlay.disk.target));
	return disks.filter(disk => !taken.has(disk.target));
}

function overlayChanges({disk, file}: Overlay): Change[] {
	return [
		{sign: '+', what: t`overlay ${file}`},
		{
			sign: '~',
			what: t`${disk.target} runs on ${file}; ${disk.source!} becomes its read-only base`,
		},
	];
}
