/** The hypervisor of another host, as if one sat on it: the virsnap there reads, plans and carries out. */

import type {Facts} from '../../../core/model/facts.ts';
import type {FileSystem, Hypervisor, LoggedCommand, Machine, Reading} from '../../../core/model/hypervisor.ts';
import type {OddReceipt, Receipt, Unfinished} from '../../../core/model/receipt.ts';
import {refuse} from '../../../core/model/refusal.ts';
import type {SnapshotSizes} from '../../../core/model/snapshot.ts';
import type {Recovery} from '../../../core/recover/recovery.ts';
import type {DiskDifference} from '../../../core/snapshots/contents/difference.ts';
import type {Picture} from '../../../core/snapshots/contents/picture.ts';
import type {Together} from '../../../core/snapshots/contents/sizes.ts';
import {RefusalError} from '../../../core/words/foreseen-error.ts';
import {shellCommand, t} from '../../../core/words/text.ts';
import type {CallName} from '../language/protocol.ts';
import {type SentFacts, viewReceiver} from '../language/view-changes.ts';
import {contactBy} from './contact.ts';
import {LastingLink, type Way} from './lasting-link.ts';

/** Commands that are kept for the log on screen. */
const logged = 500;

export function openRemote(reach: Way): Hypervisor {
	const receiver = viewReceiver();
	let log: readonly LoggedCommand[] = [];
	const lasting = new LastingLink(reach, {
		onView(change, commands, show) {
			log = [...log, ...commands].slice(-logged);
			show(receiver.viewOf({...change, host: change.host && {...change.host, uri: reach.uri}}));
		},
	});

	const ask = <Answer>(name: CallName, given: readonly unknown[] = [], {signal, progress}: Reading = {}) =>
		lasting.call(name, given, {signal, onNews: part => progress?.(Number(part))}) as Promise<Answer>;

	return {
		async machine() {
			await lasting.reached();
			return reach.machine;
		},
		contact: () => contactBy(() => ask<number>('clock')),
		fileSystems: () => ask<FileSystem[]>('fileSystems'),
		answer: lent => lasting.answer(lent),
		view: () => lasting.view(),
		subscribe: listener => lasting.subscribe(listener),
		refresh: () => lasting.refresh(),
		async facts(uuid, folders = [], file) {
			const sent = await ask<SentFacts>('facts', [uuid, folders, file ?? null]);
			return receiver.factsOf(sent) satisfies Facts;
		},
		sizes: (uuid, reading) => ask<SnapshotSizes[]>('sizes', [uuid], reading),
		sizeTogether: (uuid, tags, reading) => ask<Together>('sizeTogether', [uuid, tags], reading),
		difference: (uuid, from, to, reading) =>
			ask<DiskDifference[]>('difference', [uuid, ...[from, to].map(named)], reading),
		picture: (uuid, createdAt) => ask<Picture | null>('picture', [uuid, createdAt]),
		serve: async () => {
			throw new RefusalError(notServed(reach.machine));
		},
		savedDomain: file => ask<string | null>('savedDomain', [file]),
		prepare: () => ask<void>('prepare'),
		carryOut: (plan, onReceipt) => lasting.operate('carryOut', [plan.domain.uuid, plan.asked ?? null, plan], onReceipt),
		receipts: () => ask<Receipt[]>('receipts'),
		oddReceipts: () => ask<OddReceipt[]>('oddReceipts'),
		unfinished: () => ask<Unfinished[]>('unfinished'),
		follow: (id, onReceipt) => lasting.operate('follow', [id], onReceipt),
		cancel: id => ask<void>('cancel', [id]),
		recovery: id => ask<Recovery>('recovery', [id]),
		recover: (id, choice, onReceipt) => lasting.operate('recover', [id, choice], onReceipt),
		commandLog: () => log,
		close: () => lasting.close(),
	};
}

const named = ({tag, duplicates}: {tag: string; duplicates: number}) => ({tag, duplicates});

const notServed = ({name, ssh}: Machine) =>
	refuse(
		'unsupported',
		t`The disks of a snapshot can be looked at on ${name} only.`,
		t`Do it there: ${shellCommand([...ssh, 'virsnap'])} open DOMAIN TAG`,
	);
