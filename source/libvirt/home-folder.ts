/** Folders of the user by the XDG base directory specification: a variable that is empty or relative counts as not set. */
import os from 'node:os';
import path from 'node:path';

/** The folder that the variable names, else this one in the home folder; null where neither is known. */
export function userFolder(variable: string | undefined, ...inHome: readonly string[]): string | null {
	if (variable && path.isAbsolute(variable)) return variable;
	const home = homeFolder();
	return home === null ? null : path.join(home, ...inHome);
}

/** HOME, or what the host's list of users says where that is empty or relative; null for a user who is in no list. */
function homeFolder(): string | null {
	try {
		return [os.homedir(), os.userInfo().homedir].find(folder => path.isAbsolute(folder)) ?? null;
	} catch {
		return null;
	}
}
