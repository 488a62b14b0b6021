/** Plans that start and stop domains: the same review and the same refusals as for snapshots. */

import {unsureMergeRefusal} from '../delete/external.ts';
import {activeFile, type DomainState, type Facts, isActive, writableDisks} from '../model/domain.ts';
import type {PowerIntent, PowerVerb} from '../model/intent.ts';
import type {Expectation, Outcome, Plan} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import {basisOf} from '../planning/basis.ts';
import {dependantsOf} from '../snapshots/dependants.ts';
import {hint} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {enumerate, printable, t} from '../words/text.ts';

/** One row per verb: the states it can be done in, and what it leads to. */
type Row = {
	readonly from: readonly DomainState[];
	readonly title: string;
	readonly change: string;
	/** Null where the guest has a say in it. */
	readonly to: DomainState | null;
	readonly why: string;
};

const rows: Readonly<Record<PowerVerb, Row>> = {
	start: {
		from: ['shut off', 'saved', 'crashed'],
		title: 'Start',
		change: 'starts',
		to: 'running',
		why: 'Starts it as its XML says.',
	},
	shutdown: {
		from: ['running', 'idle'],
		title: 'Shut down',
		change: 'is asked to shut down',
		to: null,
		why: 'The guest shuts down by itself, as if its power button were pressed.',
	},
	destroy: {
		from: ['running', 'idle', 'paused', 'in shutdown', 'crashed', 'pmsuspended'],
		title: 'Force off',
		change: 'stops at once',
		to: 'shut off',
		why: 'Like pulling the plug; the disks stay.',
	},
	suspend: {
		from: ['running', 'idle'],
		title: 'Pause',
		change: 'stands still, its memory stays',
		to: 'paused',
		why: 'Stops its processors; nothing is written anywhere.',
	},
	resume: {
		from: ['paused'],
		title: 'Resume',
		change: 'goes on',
		to: 'running',
		why: 'Goes on where it was paused.',
	},
};

/** The plan of `virsh start`, `shutdown`, `destroy`, `suspend` or `resume`. */
export function powerPlan(facts: Facts, {verb}: PowerIntent): Outcome {
	const row = rows[verb];
	const refusal =
		stateRefusal(facts, verb, row) ??
		(verb === 'start' ? (sharedImageRefusal(facts) ?? unsureMergeRefusal(facts)) : null);
	if (refusal) return {refusal};
	return {plan: planOf(facts, verb, row)};
}

function planOf(facts: Facts, verb: PowerVerb, row: Row): Plan {
	const {domain} = facts;
	const name = printable(domain.name);
	return {
		verb,
		domain: {uuid: domain.uuid, name: domain.name},
		tag: null,
		method: null,
		why: verb === 'start' && domain.managedSave ? 'Goes on from its saved memory (managed save).' : row.why,
		consistency: null,
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
		losses: verb === 'destroy' ? ['Memory, and what the guest had not written to its disks yet.'] : [],
		warnings: warningsOf(facts, verb),
		wayBack: wayBackOf(verb),
		onFailure: 'stop',
		confirm: verb === 'destroy' ? domain.name : null,
		basis: basisOf(facts),
		expect: expectationsOf(facts, verb, row),
	};
}

/** A managed save keeps whether the domain was paused, and does not say so beforehand (verified on libvirt 9.0). */
function expectationsOf({domain}: Facts, verb: PowerVerb, row: Row): Expectation[] {
	if (verb === 'start' && domain.managedSave) return [{kind: 'active'}];
	return row.to === null ? [] : [{kind: 'state', state: row.to}];
}

function savedMemoryChange({domain}: Facts, verb: PowerVerb) {
	return verb === 'start' && domain.managedSave
		? [{sign: '-' as const, what: 'the saved memory, once it is loaded'}]
		: [];
}

function warningsOf({domain}: Facts, verb: PowerVerb): string[] {
	const warnings: string[] = [];
	if (verb === 'shutdown') warnings.push('The guest may take its time, or take no notice: force it off then (X).');
	if (verb === 'start' && domain.managedSave)
		warnings.push('Paused when its memory was saved, it comes back paused: resume it then (p).');
	if (!domain.persistent && (verb === 'shutdown' || verb === 'destroy'))
		warnings.push('The domain is transient: libvirt forgets it when it stops.');
	return warnings;
}

function wayBackOf(verb: PowerVerb): string {
	const ways: Record<PowerVerb, string> = {
		start: 'Shut it down (x).',
		shutdown: 'Start it again (s).',
		destroy: '',
		suspend: 'Resume it (p).',
		resume: 'Pause it (p).',
	};
	return ways[verb];
}

function stateRefusal(facts: Facts, verb: PowerVerb, row: Row): Refusal | null {
	const {domain} = facts;
	if (row.from.includes(domain.state)) return null;
	return {code: 'wrong-state', reason: `The domain is ${domain.state}.`, remedy: stateRemedy(facts, verb)};
}

function stateRemedy({domain, host}: Facts, verb: PowerVerb): string {
	if (domain.state === 'paused' && (verb === 'shutdown' || verb === 'start'))
		return `Resume it first: ${hint(host, 'resume', domain)}.`;
	if (domain.state === 'pmsuspended') return `Wake it up: ${hint(host, 'dompmwakeup', domain)}.`;
	if (domain.state === 'in shutdown') return 'Wait until it is off, or force it off (X).';
	if (!isActive(domain) && verb !== 'start') return `Nothing to do; to start it: ${hint(host, 'start', domain)}.`;
	return 'Nothing to do.';
}

/** A base must never run again while overlays of other domains stand on it: what it writes corrupts them all. */
function sharedImageRefusal(facts: Facts): Refusal | null {
	const files = writableDisks(facts.domain)
		.filter(disk => !disk.shareable)
		.map(activeFile);
	const users = dependantsOf(facts, files).filter(user => user.asBase || isActive(user.domain));
	const first = users[0];
	if (!first) return null;
	const names = enumerate([...new Set(users.map(user => printable(user.domain.name)))]);
	const reason = first.asBase
		? t`${first.file} is the base of ${names}: what this domain writes would corrupt ${users.length > 1 ? 'them' : 'it'}.`
		: t`${first.file} is in use by ${names}.`;
	const remedy = first.asBase
		? `Make ${names} independent first (virsh blockpull while it runs), or remove it.`
		: `Shut ${names} down first.`;
	return {code: 'has-dependants', reason, remedy};
}
