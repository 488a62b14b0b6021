/** Plans that put the memory of a domain into a file, or into libvirt's managed save. */

import type {Does} from '../model/does.ts';
import type {Facts} from '../model/domain.ts';
import type {SaveIntent} from '../model/intent.ts';
import type {Outcome, Space} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import {directoryOf} from '../planning/file-names.ts';
import {memoryPause} from '../planning/pause.ts';
import {busyRefusal} from '../refusals/busy.ts';
import {heldRefusal} from '../refusals/held.ts';
import {newFileRefusal, spaceRefusal} from '../refusals/new-files.ts';
import {hint} from '../steps/hints.ts';
import {addressOf} from '../steps/on-domain.ts';
import {step} from '../steps/step.ts';
import {enumerate, printable, t} from '../words/text.ts';
import {type Draft, planOf} from './parts.ts';

/** `virsh save DOMAIN FILE` or `virsh managedsave DOMAIN`: memory and devices go into a file, and the domain stops. */
export function savePlan(facts: Facts, {file}: SaveIntent): Outcome {
	const refusal = saveRefusal(facts) ?? (file === undefined ? managedRefusal(facts) : fileRefusal(facts, file));
	if (refusal) return {refusal};
	return planOf(facts, file === undefined ? managedSave(facts) : saveInto(facts, file));
}

function managedSave(facts: Facts): Draft {
	return {
		...saving(facts, {kind: 'managed-save', on: addressOf(facts)}, "libvirt's managed save"),
		why: 'libvirt keeps the memory, and the next start goes on from it.',
		wayBack: 'Start it (s): it goes on where it was.',
		expect: [{kind: 'state', state: 'saved'}],
	};
}

function saveInto(facts: Facts, file: string): Draft {
	const {domain} = facts;
	return {
		...saving(facts, {kind: 'save', on: addressOf(facts), file}, printable(file)),
		why: 'Asked for in a file of its own.',
		wayBack: t`Restore it: virsnap restore ${file}.`,
		// A transient domain is gone by then, and nothing can be read back of it.
		expect: domain.persistent
			? [
					{kind: 'state', state: 'shut off'},
					{kind: 'file', file, present: true},
				]
			: [],
		file,
		space: [spaceAt(facts, directoryOf(file))],
	};
}

function saving(facts: Facts, does: Does, place: string) {
	const {domain} = facts;
	const name = printable(domain.name);
	return {
		verb: 'save',
		pause: `${domain.state === 'paused' ? '' : `${memoryPause(facts)}; then `}off until it is restored`,
		steps: [
			step(does, {
				title: `Save the memory of ${name}`,
				changes: [
					{sign: '+', what: `memory of ${name} in ${place}`},
					{sign: '~', what: 'the domain stops'},
				],
			}),
		],
		warnings: [
			'The disks are not part of it: they must not change until it is restored.',
			...(domain.persistent
				? []
				: ['The domain is transient: libvirt forgets it when it stops, and the file defines it anew.']),
		],
	} satisfies Partial<Draft>;
}

function spaceAt({domain, directories}: Facts, where: string): Space {
	return {where, neededBytes: domain.memoryBytes, freeBytes: directories[where]?.freeBytes ?? null};
}

function saveRefusal(facts: Facts): Refusal | null {
	const {domain, host} = facts;
	if (!['running', 'idle', 'paused'].includes(domain.state)) {
		return {
			code: 'wrong-state',
			reason: `The domain is ${domain.state}, so there is no memory to save.`,
			remedy:
				domain.state === 'pmsuspended'
					? `Wake it up first: ${hint(host, 'dompmwakeup', domain)}.`
					: `Start it first: ${hint(host, 'start', domain)}.`,
		};
	}
	const busy = busyRefusal(facts);
	if (busy) return busy;
	if (domain.unsavable.length > 0) {
		return {
			code: 'unsavable-device',
			reason: t`QEMU cannot save the state of ${enumerate(domain.unsavable.map(printable))}.`,
			remedy: `Shut it down instead: ${hint(host, 'shutdown', domain)}.`,
		};
	}
	return heldRefusal(facts, 'memory');
}

function managedRefusal({domain}: Facts): Refusal | null {
	if (domain.persistent) return null;
	return {
		code: 'unsupported',
		reason: 'The domain is transient, and libvirt keeps no managed save of such a one.',
		remedy: 'Save it into a file: virsnap save DOMAIN FILE.',
	};
}

function fileRefusal(facts: Facts, file: string): Refusal | null {
	if (!file.startsWith('/')) {
		return {
			code: 'not-writable',
			reason: t`${file} is not an absolute path.`,
			remedy: 'Name the file from the root: /var/lib/libvirt/images/web.save.',
		};
	}
	return (
		newFileRefusal(facts, [file]) ?? spaceRefusal(facts, directoryOf(file), facts.domain.memoryBytes, 'the memory')
	);
}
