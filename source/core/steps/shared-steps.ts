/** Steps that several kinds of plan have. */

import {domainSourceKinds, domainSources, withSources} from '../domain-xml/sources.ts';
import type {PlacedDisk} from '../model/does.ts';
import type {Facts} from '../model/domain.ts';
import type {Step} from '../model/step.ts';
import {t} from '../words/text.ts';
import {addressOf} from './on-domain.ts';
import {step} from './step.ts';

/** Removes a file, whether it is there or not. */
export function removeStep(file: string): Step {
	return step({kind: 'remove-file', file}, {title: t`Remove ${file}`});
}

/** The definition of a domain that is shut off, with other files for these disks. `stays`: nothing takes it back. */
export function defineStep(facts: Facts, title: string, disks: readonly PlacedDisk[], stays = false): Step {
	return step(
		{kind: 'define', on: addressOf(facts), disks, before: placesIn(facts, disks)},
		{
			title,
			input: withSources(facts.inactiveXml, new Map(disks.map(({target, ...place}) => [target, place]))),
			undoInput: facts.inactiveXml,
			stays,
		},
	);
}

/** A step that defines, with the definition as it is now and the files that it puts there: what else was changed in it stays. */
export function asDefinedNow(one: Step, facts: Facts): Step {
	return one.does.kind === 'define' ? defineStep(facts, one.title, one.does.disks, one.undo === null) : one;
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
