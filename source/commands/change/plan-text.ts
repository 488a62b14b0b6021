/** A plan as text: what the review screen of the UI shows, for a terminal or a log. */

import type {Plan} from '../../core/model/plan.ts';
import type {Step} from '../../core/model/step.ts';
import {ifItFails} from '../../core/planning/if-it-fails.ts';
import {pictureWords} from '../../core/snapshots/contents/picture.ts';
import {holdsWords} from '../../core/words/consistency.ts';
import {asCommands, type Typed} from '../../core/words/remedy.ts';
import {formatBytes, shellCommand, t} from '../../core/words/text.ts';

/** Lay a plan out for reading: why, each command with what it changes, losses, warnings, how to undo it. */
export function planText(plan: Plan, typed: Typed): string {
	const failing = ifItFails(plan);
	return [
		heading(plan, typed),
		...facts(plan),
		'',
		...plan.steps.flatMap((step, index) => stepLines(step, index + 1)),
		...section('Lost for good', plan.losses),
		...section(
			'Warnings',
			plan.warnings.map(one => asCommands(one, typed)),
		),
		...section('Undo', [undoOf(plan, typed)]),
		...section('If it fails', failing === null ? [] : [failing]),
	].join('\n');
}

function undoOf({verb, wayBack, losses}: Plan, typed: Typed): string {
	if (wayBack !== '') return asCommands(wayBack, typed);
	return verb === 'revert' && losses.length > 0
		? 'None, unless a snapshot of the present state is taken first: revert --safety.'
		: 'None.';
}

function heading({verb, domain, tag}: Plan, {host}: Typed): string {
	return t`Plan: ${verb} ${tag === null ? '' : t`${tag} of `}${domain.name}${host === null ? '' : t` on ${host}`}`;
}

function facts(plan: Plan): string[] {
	const {method, why, pause, space = []} = plan;
	const known: [string, string | null][] = [
		['method', method && `${method}: ${why}`],
		['holds', holdsWords(plan)],
		['picture', plan.picture ? pictureWords : null],
		['pause', pause],
		...space.map(({where, neededBytes, freeBytes}): [string, string] => [
			'space',
			`up to ${formatBytes(neededBytes)} in ${where}, of ${freeBytes === null ? 'what is free there' : `${formatBytes(freeBytes)} free`}`,
		]),
	];
	return known.flatMap(([name, value]) => (value ? [t`  ${name.padEnd(8)}${value}`] : []));
}

function stepLines({title, argv, input, changes}: Step, number: number): string[] {
	return [
		t`${number}. ${title}`,
		t`   $ ${shellCommand(argv)}`,
		...(input === undefined
			? []
			: [`   < ${input.trimEnd().split('\n').length} lines on stdin; with --json they are shown`]),
		...changes.map(({sign, what}) => t`   ${sign} ${what}`),
	];
}

function section(name: string, lines: readonly string[]): string[] {
	return lines.length === 0 ? [] : ['', `${name}:`, ...lines.map(line => t`  ${line}`)];
}
