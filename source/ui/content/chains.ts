/** Backing chains of a domain's disks with sizes, and which other domains stand on the same files. */
import type {Disk, Domain, Image} from '../../core/domain.ts';
import {formatBytes, printable} from '../../core/text.ts';
import {blank, fit, type Line, paragraph, span} from '../line.ts';
import type {Glyphs} from '../theme.ts';

export function chainLines(
	domain: Domain,
	domains: readonly Domain[],
	columns: number,
	glyphs: Glyphs,
): readonly Line[] {
	const others = domains.filter(({uuid}) => uuid !== domain.uuid);
	const disks = domain.disks.filter(({source}) => source !== null);
	if (disks.length === 0) return [[span('This domain has no disk with a medium.', 'dim')]];
	return disks.flatMap((disk, index) => [...(index > 0 ? [blank] : []), ...diskLines(disk, others, columns, glyphs)]);
}

function diskLines(disk: Disk, others: readonly Domain[], columns: number, glyphs: Glyphs): Line[] {
	const total = disk.chain.reduce((sum, {actualSizeBytes}) => sum + actualSizeBytes, 0);
	const title: Line = [
		span(disk.target, 'title'),
		span(`  ${disk.chain.length} in the chain, ${formatBytes(total)} on disk`, 'dim'),
	];
	if (disk.unreadable !== null) {
		const {reason, remedy} = disk.unreadable;
		return [
			title,
			...paragraph(`  ${printable(disk.source ?? '')}`, columns),
			...paragraph(`  cannot be read: ${printable(reason)}`, columns, 'bad', '  '),
			...paragraph(`  ${printable(remedy)}`, columns, 'plain', '  '),
		];
	}
	return [title, ...disk.chain.flatMap((image, depth) => imageLines(image, depth, others, columns, glyphs))];
}

function imageLines(image: Image, depth: number, others: readonly Domain[], columns: number, glyphs: Glyphs): Line[] {
	const indent = '  '.repeat(depth);
	const sizes = `${fit(image.format, 6)} ${fit(formatBytes(image.actualSizeBytes), 9, {align: 'right'})} of ${formatBytes(image.virtualSizeBytes)}`;
	const inside = image.snapshots.length > 0 ? `, ${image.snapshots.length} snapshots inside` : '';
	const head = `  ${indent}${depth === 0 ? glyphs.running : glyphs.lastBranch[0]} `;
	const under = ' '.repeat(head.length + 1);
	return [
		...paragraph(`${head}${printable(image.file)}`, columns, depth === 0 ? 'accent' : 'plain', under),
		[span(`${under}${sizes}${inside}${depth === 0 ? ', active layer' : ''}`, 'dim')],
		...dependants(image.file, others).flatMap(words => paragraph(`${under}${words}`, columns, 'warn', under)),
	];
}

/** Writing to a file that others stand on corrupts them, and nothing but looking protects it while they are off. */
function dependants(file: string, others: readonly Domain[]): string[] {
	return others.flatMap(other =>
		other.disks
			.filter(({chain}) => chain.some(image => image.file === file))
			.map(({target, chain}) => {
				const how = chain[0]?.file === file ? 'uses it too' : 'stands on it';
				return `! ${printable(other.name)} (${target}, ${other.state}) ${how}`;
			}),
	);
}
