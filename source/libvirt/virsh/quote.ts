/**
 * One virsh command as virsh's own parser reads it back: every argument that is not plain in single quotes, a
 * single quote as `'\''` (virsh(1), "--" and quoting; the parser is vshCommandParse in libvirt's tools/vsh.c). Newlines, `;`, `"` and `#` are
 * plain text inside single quotes, so no argument can become a second command.
 *
 * An argument that comes from a user still needs the `--option=value` form, or it may be read as an option.
 */
export function quoteCommand(argv: readonly string[]): string {
	return argv.map(quoteArgument).join(' ');
}

function quoteArgument(argument: string): string {
	if (/^[\w./:=@%+-]+$/.test(argument)) return argument;
	return `'${argument.replaceAll("'", String.raw`'\''`)}'`;
}
