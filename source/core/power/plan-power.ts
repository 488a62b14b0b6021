/** Plans that start and stop domains: the same review and the same refusals as for snapshots. */

import {unsureMergeRefusal} from '../delete/external.ts';
import {changedUnderSaveRefusal, spoiledMemory} from '../memory/saved-memory.ts';
import {type DomainState, isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {PowerIntent, PowerVerb} from '../model/intent.ts';
import type {Expectation, Outcome, Plan} from '../model/plan.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Remedy} from '../model/remedy.ts';
import {planOf} from '../planning/plan-of.ts';
import {filesWritten, sharedImageRefusal} from '../snapshots/dependants.ts';
import {keptWarnings, recordedBaseRefusal} from '../snapshots/kept.ts';
import {stateProblems} from '../snapshots/problems.ts';
import {byVirsh} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {remedy} from '../words/remedy.ts';
import {printable} from '../words/text.ts';
import {forgotten, forgottenWarnings} from './forgotten.ts';

/** One row per verb: the states it can be done in, and what it leads to. */
type Row = {
	readonly from: readonly DomainState[];
	readonly title: string;
	readonly change: string;
	/** Null where the guest decides. */
	readonly to: DomainState | null;
	readonly why: string;
};

const rows: Readonly<Record<PowerVerb, Row>> = {
	start: {
		from: ['shut off', 'saved'],
		title: 'Start',
		change: 'starts',
		to: 'running',
		why: 'Starts it as its XML defines it.',
	},
	shutdown: {
		from: ['running', 'idle'],
		title: 'Shut down',
		change: 'gets a shutdown request',
		to: null,
		why: 'Asks the guest to shut down, like pressing its power button.',
	},
	destroy: {
		from: ['running', 'idle', 'paused', 'in shutdown', 'crashed', 'pmsuspended'],
		title: 'Force off',
		change: 'stops at once',
		to: 'shut off',
		why: 'Stops it at once, like a power cut; the disks stay.',
	},
	suspend: {
		from: ['running', 'idle'],
		title: 'Pause',
		change: 'is paused; its memory stays',
		to: 'paused',
		why: 'Stops its virtual CPUs; nothing is written to disk.',
	},
	resume: {
		from: ['paused'],
		title: 'Resume',
		change: 'resumes',
		to: 'running',
		why: 'Resumes where it was paused.',
	},
};

/** The plan of `virsh start`, `shutdown`, `destroy`, `suspend` or `resume`. */
export function powerPlan(facts: Facts, {verb}: PowerIntent): Outcome {
	const row = rows[verb];
	const refusal = stateRefusal(facts, verb, row) ?? (verb === 'start' ? startRefusal(facts) : null);
	if (refusal) return {refusal};
	return {plan: planFrom(facts, verb, row)};
}

function startRefusal(facts: Facts): Refusal | null {
	const written = filesWritten(facts.domain);
	return (
		sharedImageRefusal(facts, written) ??
		unsureMergeRefusal(facts) ??
		recordedBaseRefusal(facts, written) ??
		changedUnderSaveRefusal(facts)
	);
}

function planFrom(facts: Facts, verb: PowerVerb, row: Row): Plan {
	const {domain} = facts;
	const name = printable(domain.name);
	return planOf(facts, {
		verb,
		why: verb === 'start' && domain.managedSave ? 'Resumes from its saved memory (managed save).' : row.why,
		pause: verb === 'suspend' ? 'until it is resumed' : 'does not apply',
		steps: [
			step(
				{kind: 'power', on: addressOf(facts), verb, paused: false},
				{
					title: `${row.title} ${name}`,
					changes: [{sign: '~', what: `${name} ${row.change}`}, ...savedMemoryChange(facts, verb)],
				},
			),
		],
		losses: verb === 'destroy' ? ['The memory, and data that the guest has not written to its disks yet.'] : [],
		warnings: warningsOf(facts, verb),
		wayBack: wayBackOf(facts, verb),
		confirm: verb === 'destroy' ? domain.name : null,
		expect: expectationsOf(facts, verb, row),
	});
}

/** A managed save keeps whether the domain was paused, and does not say so beforehand (verified on libvirt 9.0). */
function expectationsOf({domain}: Facts, verb: PowerVerb, row: Row): Expectation[] {
	if (verb === 'start' && domain.managedSave) return [{kind: 'active'}];
	if (row.to === 'shut off' && !domain.persistent) return [forgotten(domain)];
	return row.to === null ? [] : [{kind: 'state', state: row.to}];
}

function savedMemoryChange({domain}: Facts, verb: PowerVerb) {
	return verb === 'start' && domain.managedSave
		? [{sign: '-' as const, what: 'the saved memory, once it is loaded'}]
		: [];
}

function warningsOf(facts: Facts, verb: PowerVerb): Remedy[] {
	const {domain, host} = facts;
	const warnings: Remedy[] = verb === 'resume' ? stateProblems(domain) : [];
	if (verb === 'shutdown') {
		const force = byVirsh(host, 'destroy', domain);
		warnings.push(remedy`The guest may be slow or ignore the request; if so, force it off ${force}.`);
	}
	if (verb === 'start') warnings.push(...keptWarnings(facts, filesWritten(domain)), ...spoiledMemory(facts));
	if (verb === 'start' && domain.managedSave) {
		const resume = byVirsh(host, 'resume', domain);
		warnings.push(remedy`If it was paused when its memory was saved, it is paused again: resume it then ${resume}.`);
	}
	if (verb === 'shutdown' || verb === 'destroy') warnings.push(...forgottenWarnings(domain));
	return warnings;
}

function wayBackOf({domain, host}: Facts, verb: PowerVerb): Remedy {
	const by = (command: PowerVerb) => byVirsh(host, command, domain);
	const ways: Record<PowerVerb, Remedy> = {
		start: remedy`Shut it down ${by('shutdown')}.`,
		shutdown: remedy`Start it again ${by('start')}.`,
		destroy: '',
		suspend: remedy`Resume it ${by('resume')}.`,
		resume: remedy`Pause it ${by('suspend')}.`,
	};
	return ways[verb];
}

function stateRefusal(facts: Facts, verb: PowerVerb, row: Row): Refusal | null {
	const {domain} = facts;
	const off = domain.state === 'crashed' && !isActive(domain);
	if (row.from.includes(off ? 'shut off' : domain.state)) return null;
	return refuse('wrong-state', `The domain is ${domain.state}.`, stateRemedy(facts, verb));
}

function stateRemedy({domain, host}: Facts, verb: PowerVerb): Remedy {
	if (domain.state === 'paused' && (verb === 'shutdown' || verb === 'start'))
		return remedy`Resume it first ${byVirsh(host, 'resume', domain)}.`;
	if (domain.state === 'pmsuspended') return remedy`Wake it up ${byVirsh(host, 'dompmwakeup', domain)}.`;
	if (domain.state === 'in shutdown')
		return remedy`Wait until it is off, or force it off ${byVirsh(host, 'destroy', domain)}.`;
	if (domain.state === 'crashed' && isActive(domain))
		return remedy`Force it off first ${byVirsh(host, 'destroy', domain)}.`;
	if (!isActive(domain) && verb !== 'start')
		return remedy`Nothing to do. You can start it ${byVirsh(host, 'start', domain)}.`;
	return 'Nothing to do.';
}
