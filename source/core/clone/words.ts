/** What is to be known of a clone before it is made. */

import type {Facts} from '../model/facts.ts';
import {contentWarnings} from '../snapshots/contents/content.ts';
import {formatBytes, plural, printable, t} from '../words/text.ts';
import {goneWarnings, sharedWarnings} from './definition.ts';
import type {Clone} from './files.ts';

/** Why it is made so, and what that costs. */
export function cloneWords({intent, snapshot, disks, recorded}: Clone): string {
	const bytes = disks.reduce((sum, {origin}) => sum + origin.bytes, 0);
	const inside = disks.some(({origin}) => origin.inside !== null);
	const only = inside ? 'A snapshot inside an image can only be copied. ' : '';
	const defined = recorded ? ' It is defined as the domain was then.' : '';
	return intent.full
		? t`${only}The new domain gets copies of the disks ${snapshot === null ? 'of this one' : t`as ${snapshot.tag} has them`}, up to ${formatBytes(bytes)}, and depends on nothing.${defined}`
		: t`Each disk of the new domain is an overlay of a disk ${snapshot === null ? 'of this one' : t`as ${snapshot.tag} has it`}, so at first it needs almost no space.${defined}`;
}

/** What it costs later, what is left behind, and what it has in common with the domain. */
export function cloneWarnings(facts: Facts, clone: Clone): string[] {
	const {domain} = facts;
	const {intent, snapshot, disks, xml} = clone;
	const {name} = intent;
	const files = disks.flatMap(({origin}) => (origin.inside === null ? [origin.file] : []));
	const targets = disks.map(({origin}) => origin.target);
	return [
		...dependence(facts, clone),
		...(snapshot === null ? [] : [...memoryWarning(clone), ...contentWarnings(facts, snapshot, files)]),
		...variableWarning(facts, clone),
		...(domain.tpm ? ['The clone gets its own, empty TPM.'] : []),
		...sharedWarnings(domain, xml, name),
		...goneWarnings(facts, xml, name, targets),
	];
}

function dependence({domain}: Facts, {intent: {name, full}, snapshot, disks}: Clone): string[] {
	if (snapshot === null)
		return full
			? [t`${domain.name} cannot be started until its disks are copied.`]
			: [
					t`Do not start ${domain.name} while ${name} exists: its writes would corrupt the clone. virsnap refuses to start it.`,
				];
	if (full) return [];
	const files = [...new Set(disks.map(({origin}) => printable(origin.file)))];
	return [
		t`${name} depends on ${files.join(' and ')}. While it exists, virsnap refuses to delete ${snapshot.tag}, and older snapshots that would change ${plural(files.length, 'this file', 'these files')}.`,
	];
}

function memoryWarning({intent: {name}, snapshot}: Clone): string[] {
	if (snapshot === null || snapshot.state === 'shutoff') return [];
	const memory = snapshot.memoryFile !== null || (snapshot.vmSizeBytes ?? 0) > 0;
	return [
		memory
			? t`The memory of ${snapshot.tag} is not copied: ${name} starts as after a power cut.`
			: t`${name} starts as after a power cut, since the domain was running then.`,
	];
}

function variableWarning({domain}: Facts, {snapshot, nvram}: Clone): string[] {
	if (domain.firmware.kind !== 'uefi') return [];
	if (nvram === null) return [t`The clone starts with new UEFI variables: those of ${domain.name} were not found.`];
	return snapshot === null ? [] : [t`The UEFI variables are those that ${domain.name} has now.`];
}
