/** The definition of a clone: that of the domain, or the one recorded in the snapshot, and what the clone has in common with its base. */

import {recordedDefinition} from '../domain-xml/comparable.ts';
import {namedFiles} from '../domain-xml/named-files.ts';
import {type Shared, sharedIn} from '../domain-xml/shared.ts';
import {domainSources} from '../domain-xml/sources.ts';
import {writtenDisks} from '../domain-xml/written-disks.ts';
import type {Facts} from '../model/facts.ts';
import {type Refusal, refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {byVirsnap} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, printable, t} from '../words/text.ts';

/** `recorded`: it is the one of that time. */
type Definition = {readonly xml: string; readonly recorded: boolean};

/** The definition that has all these disks: as recorded in the snapshot, else the present one; refused where the clone would share another disk. */
export function definitionOf(
	{domain, inactiveXml, snapshotXml}: Facts,
	snapshot: Snapshot | null,
	targets: readonly string[],
): Definition | {readonly refusal: Refusal} {
	const then = snapshot?.libvirt ? recordedDefinition(snapshotXml[snapshot.tag] ?? '') : null;
	const known = [...(then === null ? [] : [{xml: then, recorded: true}]), {xml: inactiveXml, recorded: false}];
	const found = known.find(({xml}) => {
		const defined = domainSources(xml).map(({target}) => target);
		return targets.every(target => defined.includes(target));
	});
	if (found === undefined) {
		const reason = t`No definition of ${domain.name} has all disks of the snapshot (${enumerate(targets.map(printable))}).`;
		return {
			refusal: refuse(
				'unsupported-disk',
				reason,
				remedy`Attach them again first, or copy them out ${byVirsnap(['open', domain.name, snapshot?.tag ?? 'TAG'])}.`,
			),
		};
	}
	const shared = writtenDisks(found.xml).find(target => !targets.includes(target));
	if (shared === undefined) return found;
	const reason = t`${shared} is not in ${snapshot?.tag ?? domain.name}: both domains would write to the same disk.`;
	return {
		refusal: refuse('unsupported-disk', reason, 'Take a snapshot that has all writable disks, and clone that one.'),
	};
}

/** What the clone has in common with its base, though each ought to have its own. */
export function sharedWarnings(domain: Facts['domain'], xml: string, name: string): string[] {
	const shared = sharedIn(xml);
	const of = (kind: Shared['kind']) =>
		enumerate(shared.filter(one => one.kind === kind).map(({what}) => printable(what)));
	const sentences: Record<Shared['kind'], string> = {
		exclusive: t`Only one of these domains can run at a time, since both have ${of('exclusive')}: change that in ${name} (virsh edit) to run several clones.`,
		data: t`${domain.name} and ${name} use the same ${of('data')}: what one writes there the other sees.`,
		identity: t`The guest of ${name} finds what tells ${domain.name} from others: ${of('identity')}. Change that before it starts (virsh edit).`,
	};
	const kinds = ['exclusive', 'data', 'identity'] as const;
	return kinds.filter(kind => shared.some(one => one.kind === kind)).map(kind => sentences[kind]);
}

/** What the definition names and is gone, so that the clone does not start by it. */
export function goneWarnings(
	{gone}: Pick<Facts, 'gone'>,
	xml: string,
	name: string,
	targets: readonly string[],
): string[] {
	const named = namedFiles(xml, new Set(targets)).filter(({file, unless}) => gone.includes(file) && unless === null);
	return named.map(
		({what, file}) => t`${file} (${what}) is missing: ${name} does not start until you change that (virsh edit).`,
	);
}
