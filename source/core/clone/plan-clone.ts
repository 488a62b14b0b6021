/**
 * Plans for linked clones: overlays of the base's disks, and a domain like it. It is defined from the base's own XML rather than
 * made by `virt-install --import`: that keeps all the hardware of the base, and needs one program less.
 */

import {dirname} from 'node:path/posix';
import {withIdentity} from '../domain-xml/identity.ts';
import {type Shared, sharedIn} from '../domain-xml/shared.ts';
import {withSources} from '../domain-xml/sources.ts';
import type {Facts} from '../model/facts.ts';
import type {CloneIntent} from '../model/intent.ts';
import type {Outcome} from '../model/plan.ts';

import {planOf} from '../planning/plan-of.ts';
import {newFileRefusal, spaceRefusal} from '../planning/refusals/new-files.ts';
import {overlaySteps} from '../steps/files/new-overlay.ts';
import {step} from '../steps/step.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {copiesFor, copyStep, nvramFor} from './files.ts';
import {randomMac, randomUuid} from './identity.ts';
import {baseRefusal, diskRefusal, domainNameRefusal} from './refusals.ts';

/** What the clone has in common with its base, though each ought to have its own. */
function sharedWarnings({domain, inactiveXml}: Facts, name: string): string[] {
	const shared = sharedIn(inactiveXml);
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

/** The plan that makes a new domain on overlays of this one's disks. */
export function clonePlan(facts: Facts, {name}: CloneIntent): Outcome {
	const {domain, host} = facts;
	const refusal = domainNameRefusal(facts, name) ?? baseRefusal(facts) ?? diskRefusal(facts);
	if (refusal) return {refusal};
	const copies = copiesFor(facts, name);
	const nvram = nvramFor(facts, name);
	const files = [...copies.map(copy => copy.file), ...(nvram ? [nvram.to] : [])];
	const obstacle =
		newFileRefusal(facts, files) ??
		spaceRefusal(facts, dirname(files[0]!), copies.length * 256 * 1024, 'the new overlays');
	if (obstacle) return {refusal: obstacle};
	const identity = {name, uuid: randomUuid(facts.random), mac: randomMac(facts.random), nvram: nvram?.to ?? null};
	const sources = new Map(copies.map(({disk, file}) => [disk.target, {file, format: 'qcow2'}]));
	const plan = planOf(facts, {
		verb: 'clone',
		method: 'linked-clone',
		why: 'Each disk of the new domain is an overlay of a disk of this one, so at first it needs almost no space.',
		consistency: 'shut off',
		pause: 'none: it is shut off',
		steps: [
			...copies.flatMap(copy => overlaySteps(facts, {...copy, target: copy.disk.target, like: copy.base})),
			...(nvram?.copy ? [copyStep(facts, nvram)] : []),
			step(
				{kind: 'define-new', on: {uri: host.uri, uuid: identity.uuid}, name},
				{
					title: t`Define ${name}`,
					input: withIdentity(withSources(facts.inactiveXml, sources), identity),
					changes: [{sign: '+', what: t`domain ${name}, with its own UUID and MAC addresses`}],
				},
			),
		],
		warnings: [
			t`Do not start ${domain.name} while ${name} exists: its writes would corrupt the clone. virsnap refuses to start it.`,
			...(domain.firmware.kind === 'uefi' && !nvram
				? [t`The clone starts with new UEFI variables: those of ${domain.name} were not found.`]
				: []),
			...(domain.tpm ? ['The clone gets its own, empty TPM.'] : []),
			...sharedWarnings(facts, name),
		],
		wayBack: t`Removes ${name} and its files.`,
		onFailure: 'undo',
		expect: [
			{kind: 'domain', name, uuid: identity.uuid},
			{kind: 'state', state: 'shut off'},
			...files
				.filter(file => nvram?.copy || file !== nvram?.to)
				.map(file => ({kind: 'file', file, present: true}) as const),
		],
	});
	return {plan};
}
