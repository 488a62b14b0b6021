/** Columns for people; scripts read `--json`. */
import stringWidth from 'string-width';

/** Lay rows out under their headings, each column as wide as its widest cell. Cells have to be printable already. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
	const widths = headings.map((heading, column) =>
		Math.max(stringWidth(heading), ...rows.map(row => stringWidth(row[column] ?? ''))),
	);
	const line = (cells: readonly string[]) =>
		cells
			.map((cell, column) => pad(cell, widths[column] ?? 0))
			.join('  ')
			.trimEnd();
	return [headings, ...rows].map(line).join('\n');
}

function pad(cell: string, width: number): string {
	return cell + ' '.repeat(Math.max(0, width - stringWidth(cell)));
}
