/** Steps that several kinds of plan have. */

import {recordedDescription, withRecordedDescription} from '../domain-xml/description.ts';
import {recordedParent, withRecordedName, withRecordedParent} from '../domain-xml/record.ts';
import {domainSourceKinds, domainSources, withDisksOf, withoutDisks, withSources} from '../domain-xml/sources.ts';
import type {DoesOf, PlacedDisk} from '../model/does.ts';
import type {Facts} from '../model/facts.ts';
import {sameFile} from '../model/files.ts';
import type {Retention} from '../model/snapshot.ts';
import type {Change, Step} from '../model/step.ts';
import {t} from '../words/text.ts';
import {addressOf} from './on-domain.ts';
import {step} from './step.ts';

/** Removes a file, whether it is there or not. */
export function removeStep(file: string): Step {
	return step({kind: 'remove-file', file}, {title: t`Remove ${file}`});
}

type DefineOptions = {
	/** Nothing takes it back. */
	readonly stays?: boolean;
	/** A document that has those of the disks that the definition lacks: they come into it. */
	readonly recorded?: string;
	/** Targets of disks that leave it. */
	readonly leaving?: readonly string[];
};

/** The definition of a domain that is shut off, with other files for these disks. */
export function defineStep(
	facts: Facts,
	title: string,
	disks: readonly PlacedDisk[],
	{stays = false, recorded, leaving = []}: DefineOptions = {},
): Step {
	const targets = disks.map(({target}) => target);
	const touched = [...targets, ...leaving].map(target => ({target}));
	const kept = withoutDisks(facts.inactiveXml, leaving);
	const whole = recorded === undefined ? kept : withDisksOf(kept, recorded, targets);
	return step(
		{kind: 'define', on: addressOf(facts), disks, before: placesIn(facts, touched)},
		{
			title,
			input: withSources(whole, new Map(disks.map(({target, ...place}) => [target, place]))),
			undoInput: facts.inactiveXml,
			stays,
		},
	);
}

/**
 * A step that defines, or that redefines a snapshot, with the definition or the record as it is now and what it puts there: what else was
 * changed in it stays.
 */
export function asDefinedNow(one: Step, facts: Facts): Step {
	const {does} = one;
	if (does.kind === 'redefine-snapshot') return asRecordedNow(one, facts.snapshotXml[does.tag]);
	if (does.kind === 'record-snapshot' && facts.snapshotXml[does.from] !== undefined)
		return {...one, input: recordUnder(facts.snapshotXml[does.from]!, does)};
	if (does.kind !== 'define') return one;
	const {disks, before} = does;
	const returning = disks.some(({target}) => !before.some(place => place.target === target));
	return defineStep(facts, one.title, disks, {
		stays: one.undo === null,
		...(returning && one.input !== undefined ? {recorded: one.input} : {}),
		leaving: leavingBy(does),
	});
}

/** `now`: the record as libvirt has it. A step that is not about the description leaves that as it is there. */
function asRecordedNow(one: Step, now: string | undefined): Step {
	const {input, undoInput} = one;
	if (now === undefined || input === undefined || undoInput === undefined) return one;
	const changes = (read: (xml: string) => string | null) => read(input) !== read(undoInput);
	if (changes(recordedDescription))
		return {...one, input: withRecordedDescription(now, recordedDescription(input)), undoInput: now};
	if (changes(recordedParent)) return {...one, input: withRecordedParent(now, recordedParent(input)), undoInput: now};
	return {...one, input: withRecordedDescription(input, recordedDescription(now))};
}

/** A record under the tag, and with the description, that a step gives it. */
export function recordUnder(snapshotXml: string, {tag, description}: DoesOf<'record-snapshot'>): string {
	const named = withRecordedName(snapshotXml, tag);
	return description === undefined ? named : withRecordedDescription(named, description);
}

/**
 * Takes a definition back, by the definition that there is now: a disk that somebody else has put on another image meanwhile stays
 * there. `undo`: what is to be, and before it what the step had put there.
 */
export function definedBack({disks, before}: DoesOf<'define'>, title: string, facts: Facts): Step {
	const now = placesIn(facts, before);
	const isAsPut = ({target}: PlacedDisk) =>
		before.every(
			put => put.target !== target || now.some(one => one.target === target && sameFile(facts, one.file, put.file)),
		);
	const leaving = before.filter(isAsPut).map(({target}) => target);
	const back = disks.filter(isAsPut);
	return defineStep(facts, title, back, {
		stays: true,
		leaving: leaving.filter(target => !disks.some(place => place.target === target)),
	});
}

/** Disks that a definition had and is to have no more. */
export function leavingBy({disks, before}: DoesOf<'define'>): string[] {
	return before.map(({target}) => target).filter(target => !disks.some(place => place.target === target));
}

/** Where a definition has these disks; without those that it has no file for. */
export function placesIn({domain, inactiveXml}: Facts, disks: readonly Pick<PlacedDisk, 'target'>[]): PlacedDisk[] {
	const wanted = new Set(disks.map(({target}) => target));
	const kinds = domainSourceKinds(inactiveXml);
	return domainSources(inactiveXml).flatMap(({target, source, format}) => {
		const as = kinds.get(target);
		const file = as?.type === 'volume' ? domain.disks.find(disk => disk.target === target)?.source : source;
		return wanted.has(target) && file?.startsWith('/') ? [{target, file, format, ...(as ? {as} : {})}] : [];
	});
}

/** The domain's metadata says this of its snapshots. `active`: whether it runs by then, so that its running definition says it too. */
export function retentionStep(
	facts: Facts,
	title: string,
	retentions: readonly Retention[],
	options: RetentionOptions,
): Step {
	const {domain} = facts;
	const {active, changes, before = domain.retentions, stays = false} = options;
	const where = [...(active ? (['live'] as const) : []), ...(domain.persistent ? (['config'] as const) : [])];
	return step({kind: 'set-retention', on: addressOf(facts), where, retentions, before}, {title, changes, stays});
}

type RetentionOptions = {
	readonly active: boolean;
	readonly changes: readonly Change[];
	/** Left out: what it says now. */
	readonly before?: readonly Retention[];
	/** Nothing takes it back. */
	readonly stays?: boolean;
};
