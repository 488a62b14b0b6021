/** Commands for QEMU's human monitor. Its parser: monitor/hmp.c, get_str (verified on QEMU 7.2). */

/**
 * A string argument in double quotes, so that nothing in it ends the argument or starts an option. The parser knows the
 * escapes \\ \" \' \n \r and takes every other byte literally.
 */
export function hmpString(text: string): string {
	const escapes: Record<string, string> = {'\\': '\\\\', '"': '\\"', '\n': '\\n', '\r': '\\r'};
	return `"${text.replace(/[\\"\n\r]/g, character => escapes[character]!)}"`;
}

/** `savevm`: memory and all writable disks; replaces a snapshot of this tag without asking. */
export const savevm = (tag: string): string => `savevm ${hmpString(tag)}`;

/** `loadvm`: wants saved memory; where it fails the domain is left paused (verified on QEMU 7.2). */
export const loadvm = (tag: string): string => `loadvm ${hmpString(tag)}`;

/** `delvm`: in the active layer of every disk; silent where there is no such tag (verified on QEMU 7.2). */
export const delvm = (tag: string): string => `delvm ${hmpString(tag)}`;
