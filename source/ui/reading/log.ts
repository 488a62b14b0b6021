/** The log of every command run, the newest last; those that can change something are marked. */
import {formatDate, printable, shellCommand} from '../../core/words/text.ts';
import type {HostCommand} from '../state/state.ts';
import {fit, type Line, span, wrap} from '../terminal/line.ts';
import type {Glyphs} from '../terminal/theme.ts';

export function logLines(entries: readonly HostCommand[], columns: number, glyphs: Glyphs): readonly Line[] {
	if (entries.length === 0) return [[span('No command was run yet.', 'dim')]];
	return entries.flatMap(entry => entryLines(entry, columns, glyphs));
}

function entryLines(
	{at, host, argv, milliseconds, exitCode, error, changes}: HostCommand,
	columns: number,
	glyphs: Glyphs,
): Line[] {
	const failed = exitCode !== 0 || error !== '';
	const head = `${formatDate(at).slice(11)} ${failed ? glyphs.failed : glyphs.done} ${changes ? '~' : ' '} `;
	const where = host === null ? '' : `${host}: `;
	const command = printable(`${where}${shellCommand(argv)}`);
	const room = Math.max(8, columns - head.length - 9);
	// What only reads is one line each, or the commands that matter drown among them.
	const rows =
		changes || failed ? wrap(command, room, '  ') : [fit(command, room, {cut: 'middle', ellipsis: glyphs.ellipsis})];
	const took = `${Math.round(milliseconds)} ms`;
	return [
		...rows.map((row, index): Line => {
			if (index > 0) return [span(' '.repeat(head.length)), span(row)];
			return [span(head, failed ? 'bad' : changes ? 'change' : 'dim'), span(row), span(`  ${took}`, 'dim')];
		}),
		...(failed
			? wrap(
					printable(error === '' ? `exit status ${exitCode ?? 'none'}` : error),
					Math.max(8, columns - head.length),
				).map((row): Line => [span(' '.repeat(head.length)), span(row, 'bad')])
			: []),
	];
}
