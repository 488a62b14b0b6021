import process from 'node:process';

/** Whether this process is root's: there is nobody whose rights would be more. */
export function isRoot(): boolean {
	return process.getuid?.() === 0;
}
