/** Backing chains of a domain's disks with sizes, and which other domains depend on the same files. */
import type {Disk, Image} from '../../core/model/disk.ts';
import type {Domain} from '../../core/model/domain.ts';
import type {Reclaimable} from '../../core/model/facts.ts';
import {takenOn} from '../../core/snapshots/family.ts';
import {counted, formatBytes, t} from '../../core/words/text.ts';
import {blank, type Line, paragraph, span} from '../terminal/line.ts';
import type {Glyphs} from '../terminal/theme.ts';

export function chainLines(
	domain: Domain,
	domains: readonly Domain[],
	unused: readonly Reclaimable[] | null,
	columns: number,
	glyphs: Glyphs,
): readonly Line[] {
	const others = domains.filter(({uuid}) => uuid !== domain.uuid);
	const disks = domain.disks.filter(({source}) => source !== null);
	if (disks.length === 0) return [[span('This domain has no disk with a medium.', 'dim')]];
	return [
		...disks.flatMap((disk, index) => [
			...(index > 0 ? [blank] : []),
			...diskLines(disk, {domain, others, glyphs}, columns),
		]),
		...unusedLines(unused ?? [], columns),
	];
}

function unusedLines(unused: readonly Reclaimable[], columns: number): Line[] {
	if (unused.length === 0) return [];
	return [
		blank,
		[
			span('Unused overlays', 'title'),
			span('  no disk or snapshot needs them: ', 'dim'),
			span('d', 'key'),
			span(' deletes'),
		],
		...unused.flatMap(({file, bytes, base}) => [
			...paragraph(t`  ${file}`, columns, 'plain', '    '),
			...paragraph(t`    ${formatBytes(bytes)}, on ${base}`, columns, 'dim', '    '),
		]),
	];
}

type Around = {readonly domain: Domain; readonly others: readonly Domain[]; readonly glyphs: Glyphs};

function diskLines(disk: Disk, around: Around, columns: number): Line[] {
	const total = disk.chain.reduce((sum, {actualSizeBytes}) => sum + actualSizeBytes, 0);
	const title: Line = [
		span(disk.target, 'title'),
		span(`  ${counted(disk.chain.length, 'layer')}, ${formatBytes(total)} on disk`, 'dim'),
	];
	if (disk.unreadable !== null) {
		const {reason, remedy} = disk.unreadable;
		return [
			title,
			...paragraph(t`  ${disk.source ?? ''}`, columns),
			...paragraph(t`  cannot be read: ${reason}`, columns, 'bad', '  '),
			...paragraph(t`  ${remedy}`, columns, 'plain', '  '),
		];
	}
	return [title, ...disk.chain.flatMap((image, depth) => imageLines(image, depth, around, columns))];
}

function imageLines(image: Image, depth: number, {domain, others, glyphs}: Around, columns: number): Line[] {
	const active = depth === 0;
	const head = `  ${'  '.repeat(depth)}${active ? glyphs.current : glyphs.lastBranch[0]} `;
	const under = ' '.repeat(head.length + 1);
	const sizes = `${image.format}, ${formatBytes(image.actualSizeBytes)} of ${formatBytes(image.virtualSizeBytes)}`;
	const words = [
		sizes,
		...(image.dataFile === undefined ? [] : [t`data in ${image.dataFile}, whose size is not in this`]),
		...(image.snapshots.length > 0 ? [`${counted(image.snapshots.length, 'snapshot')} inside`] : []),
		...(active ? ['you are here: the active layer'] : []),
	];
	return [
		...paragraph(t`${head}${image.file}`, columns, active ? 'accent' : 'plain', under),
		...paragraph(`${under}${words.join('; ')}`, columns, 'dim', under),
		...takenOn(domain, image.file).flatMap(({tag}) =>
			paragraph(t`${under}${tag} reverts to this`, columns, 'plain', under),
		),
		...dependants(image, others).flatMap(text => paragraph(`${under}${text}`, columns, 'warn', under)),
	];
}

/** Writing to a file that other domains depend on corrupts them; while they are off no lock protects it. */
function dependants({file, fileIds}: Image, others: readonly Domain[]): string[] {
	const isIt = (image: Image | undefined) =>
		image !== undefined && (image.file === file || image.fileIds.some(id => fileIds.includes(id)));
	return others.flatMap(other =>
		other.disks
			.filter(({chain}) => chain.some(isIt))
			.map(({target, chain}) => {
				const how = isIt(chain[0]) ? 'uses it too' : 'depends on it';
				return t`! ${other.name} (${target}, ${other.state}) ${how}`;
			}),
	);
}
