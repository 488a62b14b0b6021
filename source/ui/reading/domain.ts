/** All about one domain; problems come first. */
import type {Disk} from '../../core/model/disk.ts';
import {type Domain, isSavableAtTimes, sharedFolder} from '../../core/model/domain.ts';
import {enumerate, formatBytes, printable, t} from '../../core/words/text.ts';
import {isUnhealthy} from '../state/rows.ts';
import {HEALTH} from '../state/snapshots/health.ts';
import {type Line, labelled} from '../terminal/line.ts';

export function domainLines(domain: Domain, columns: number): readonly Line[] {
	return [
		...domain.problems.flatMap(problem => labelled('Problem', printable(problem), columns, 'bad')),
		...unreadableLines(domain.disks, columns),
		...labelled('Domain', domainWords(domain), columns),
		...domain.disks.flatMap((disk, index) => labelled(index === 0 ? 'Disks' : '', diskWords(disk), columns)),
		...unhealthyLines(domain, columns),
		...labelled('Firmware', firmwareWords(domain), columns),
		...labelled('Agent', AGENT[domain.agent], columns),
		...(domain.unsavable.length > 0
			? labelled(
					'Devices',
					t`${domain.unsavable.map(printable).join(', ')}: ${unsavableWords(domain)}`,
					columns,
					'warn',
				)
			: []),
		...labelled('UUID', domain.uuid, columns),
	];
}

function unsavableWords(domain: Domain): string {
	if (!isSavableAtTimes(domain)) return 'their state cannot be saved, so no snapshot with memory';
	return domain.unsavable.every(one => one === sharedFolder)
		? 'no snapshot with memory while the guest has it mounted'
		: 'QEMU is asked whether their state can be saved when a snapshot with memory is planned';
}

function unreadableLines(disks: readonly Disk[], columns: number): Line[] {
	const unread = disks.flatMap(({target, unreadable}) => (unreadable ? [{target, ...unreadable}] : []));
	const groups = Map.groupBy(unread, ({reason, remedy}) => JSON.stringify([reason, remedy]));
	return [...groups.values()].flatMap(alike => {
		const {reason, remedy} = alike[0]!;
		const targets = enumerate(alike.map(({target}) => target));
		return [
			...labelled('Problem', t`${targets} cannot be read: ${reason}`, columns, 'bad'),
			...labelled('Remedy', printable(remedy), columns),
		];
	});
}

function domainWords({state, stateReason, type, memoryBytes, managedSave, persistent}: Domain): string {
	const why = state === 'paused' && stateReason !== null && stateReason !== 'unknown' ? ` (${stateReason})` : '';
	const words = [`${state}${why}`, type, `memory ${formatBytes(memoryBytes)}`];
	if (managedSave) words.push('its memory is saved (managed save)');
	if (!persistent) words.push('transient: gone when it stops');
	return words.join(', ');
}

function diskWords(disk: Disk): string {
	const [active, ...below] = disk.chain;
	const source = disk.source === null ? 'empty' : printable(disk.source);
	const words = [`${disk.target} ${disk.device === 'disk' ? '' : `(${disk.device}) `}${source}`];
	if (disk.source !== null) words.push(disk.format);
	if (active) words.push(`${formatBytes(active.actualSizeBytes)} of ${formatBytes(active.virtualSizeBytes)}`);
	if (active?.dataFile !== undefined) words.push(t`data in ${active.dataFile}`);
	if (below.length > 0) words.push(`${below.length} below in its chain (b)`);
	if (disk.readonly) words.push('read-only');
	if (disk.shareable) words.push('shareable');
	if (disk.transient) words.push('transient');
	return words.join(', ');
}

function unhealthyLines({snapshots}: Domain, columns: number): Line[] {
	const bad = snapshots.filter(isUnhealthy);
	if (bad.length === 0) return [];
	const words = bad.map(({tag, health}) => t`${tag} is ${HEALTH[health].short}`).join(', ');
	return labelled('Health', words, columns, 'bad');
}

function firmwareWords({firmware, tpm}: Domain): string {
	const nvram = firmware.nvram ? t`, NVRAM ${firmware.nvram.file} (${firmware.nvram.format})` : '';
	return `${firmware.kind === 'uefi' ? 'UEFI' : 'BIOS'}${nvram}${tpm ? ', TPM' : ''}`;
}

const AGENT: Readonly<Record<Domain['agent'], string>> = {
	none: 'no guest agent channel',
	disconnected: 'configured, but it does not answer',
	connected: 'connected: file systems can be frozen for a snapshot',
};
