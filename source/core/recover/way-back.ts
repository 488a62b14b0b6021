/** Taking back what a plan that was cut off has left, as a plan of its own. */

import {withSources} from '../domain-xml/sources.ts';
import {makePlan} from '../make-plan.ts';
import {type Disk, type Facts, isActive} from '../model/domain.ts';
import {type Change, type Expectation, type Outcome, type Plan, refuse, type Step} from '../model/plan.ts';
import {basisOf} from '../planning/basis.ts';
import {define, virshDomain} from '../steps/argv.ts';
import {removeStep} from '../steps/shared-steps.ts';
import {t} from '../words/text.ts';
import {fileExists, runsOn, sourcesOf} from './evidence.ts';
import {endJob, type OpenJob} from './open-job.ts';
import {finishedSteps, oldOverlaysBack} from './undo.ts';
import {cloneBack} from './undo-clone.ts';

/** As it was before, as far as that is still possible. */
export function wayBack(plan: Plan, facts: Facts, jobs: readonly OpenJob[], leftovers: readonly string[]): Outcome {
	switch (plan.verb) {
		case 'create':
			return createdBack(plan, facts, leftovers);
		case 'revert':
			return oldOverlaysBack(plan, finishedSteps(plan, facts), facts);
		case 'clone':
			return cloneBack(plan, facts);
		case 'save':
			return savedBack(plan, facts);
		case 'delete': {
			const steps = jobs.flatMap(({target}) => (target === null ? [] : [endJob(target, '--abort', facts)]));
			if (steps.length === 0)
				return refuse('unsupported', 'What is deleted does not come back.', 'Go on, or leave it as it is.');
			const why = 'The domain goes on with the overlays it has.';
			return {plan: {...plan, why, steps, losses: [], confirm: null, basis: basisOf(facts), expect: []}};
		}

		default:
			return refuse('unsupported', `A ${plan.verb} has no way back from here.`, 'See how the domain is: virsnap list.');
	}
}

/** The domain went on, and what stands in the file is no memory that libvirt can read: it was cut off while it was written. */
function savedBack(plan: Plan, facts: Facts): Outcome {
	const {file} = plan;
	if (file === undefined || !fileExists(facts, file) || facts.saveImages[file] || !isActive(facts.domain))
		return refuse('unsupported', 'A save has no way back from here.', 'See how the domain is: virsnap list.');
	return {
		plan: {
			...plan,
			why: 'The file holds a part of the memory, which nothing can go on from; the domain has gone on.',
			pause: 'none',
			steps: [removeStep(file)],
			losses: [],
			warnings: [],
			wayBack: '',
			confirm: null,
			basis: basisOf(facts),
			expect: [{kind: 'file', file, present: false}],
		},
	};
}

/** What a create left: a snapshot, overlays that libvirt has no record of, or only files. */
function createdBack(plan: Plan, facts: Facts, leftovers: readonly string[]): Outcome {
	const tag = plan.tag ?? '';
	if (facts.domain.snapshots.some(snapshot => snapshot.tag === tag)) {
		const outcome = makePlan(facts, {verb: 'delete', tag});
		if ('refusal' in outcome) return outcome;
		// What is taken back was never whole: no more need to type its name than for the create.
		const steps = [...outcome.plan.steps, ...leftovers.map(removeStep)];
		return {plan: {...outcome.plan, confirm: null, steps}};
	}

	const moved = sourcesOf(plan)
		.filter(source => runsOn(facts, source))
		.map(source => facts.domain.disks.find(disk => disk.target === source.target)!);
	const baseless = moved.find(disk => disk.chain.length < 2);
	if (baseless)
		return refuse(
			'unreadable-image',
			`What ${baseless.target} stands on cannot be read.`,
			'Look at it with qemu-img info.',
		);
	const steps = [...(moved.length > 0 ? committed(moved, facts) : []), ...leftovers.map(removeStep)];
	if (steps.length === 0) return refuse('unsupported', 'There is nothing to take back.', 'Leave it as it is.');
	const bases = moved.map((disk): Expectation => ({kind: 'source', target: disk.target, file: disk.chain[1]!.file}));
	return {
		plan: {
			...plan,
			why: 'What it made is taken away again; what was written since stays.',
			pause: 'none',
			steps,
			losses: [],
			warnings: moved.map(disk => t`${disk.source!} stays on disk; nothing uses it any more.`),
			wayBack: '',
			onFailure: 'stop',
			basis: basisOf(facts),
			expect: [{kind: 'no-snapshot', tag}, ...bases],
		},
	};
}

/** Overlays without a record: each is committed into its base, so that nothing written since is lost. */
function committed(disks: readonly Disk[], facts: Facts): Step[] {
	return isActive(facts.domain) ? disks.map(disk => committedLive(disk, facts)) : committedOffline(disks, facts);
}

function committedLive(disk: Disk, {domain, host}: Facts): Step {
	const options = [`--path=${disk.target}`, '--shallow', '--active', '--pivot', '--wait'];
	return {
		title: commitTitle(disk),
		argv: virshDomain(host, 'blockcommit', domain, ...options),
		success: 'exit',
		changes: [onBase(disk)],
		undo: null,
	};
}

function committedOffline(disks: readonly Disk[], {host, inactiveXml}: Facts): Step[] {
	const bases = new Map(disks.map(disk => [disk.target, {file: disk.chain[1]!.file, format: disk.chain[1]!.format}]));
	return [
		...disks.map(
			(disk): Step => ({
				title: commitTitle(disk),
				argv: ['qemu-img', 'commit', '-q', '-d', '-f', disk.format, disk.source!],
				success: 'exit',
				changes: [{sign: '~', what: t`${disk.chain[1]!.file} takes in what the overlay holds`}],
				undo: null,
			}),
		),
		{
			title: 'Define the domain with the bases',
			argv: define(host),
			input: withSources(inactiveXml, bases),
			success: 'exit',
			changes: disks.map(onBase),
			undo: null,
		},
	];
}

function commitTitle({target}: Disk): string {
	return `Commit the active layer of ${target} into its base`;
}

function onBase({target, chain}: Disk): Change {
	return {sign: '~', what: t`${target} runs on ${chain[1]!.file}`};
}
