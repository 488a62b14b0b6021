/** A snapshot that is open for reading: where its disks are, and how to get at files. */
import {exportUri, waysIn} from '../../core/snapshots/contents/exports.ts';
import {t} from '../../core/words/text.ts';
import type {Inside} from '../state/state.ts';
import {blank, type Line, labelled, paragraph, span} from '../terminal/line.ts';

export function insideLines({opened, failure}: Inside, columns: number): readonly Line[] {
	if (failure !== null) return labelled('Problem', failure, columns, 'bad');
	if (opened === null) return [[span('Opening its disks for reading.', 'dim')]];
	return [
		...opened.disks.flatMap(({target, file, socket}) => [
			...labelled(target, exportUri(socket), columns),
			...labelled('', t`of ${file}`, columns, 'dim'),
		]),
		...opened.warnings.flatMap(warning => labelled('Warning', warning, columns, 'warn')),
		blank,
		...waysIn(opened.disks[0]!.socket).flatMap(({what, commands}) => [
			...paragraph(what, columns),
			...commands.flatMap(command => paragraph(`  ${command}`, columns, 'key', '    ')),
		]),
		blank,
		...paragraph(
			'Nobody can write to it. It stays open until you leave this screen; do not delete the snapshot meanwhile.',
			columns,
			'dim',
		),
	];
}
