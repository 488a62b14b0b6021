/** In whose home receipts are kept, and where there. */
import {statSync} from 'node:fs';
import {userInfo} from 'node:os';
import path from 'node:path';
import {getuid} from 'node:process';

/**
 * The home that the environment names; else the one that the system knows. With `sudo` that keeps HOME root would leave folders behind
 * in which their owner could not write any more, so root's has to be its own; and one that is empty or relative is none.
 */
export function ownHome(env: Readonly<Record<string, string | undefined>>): string {
	const named = env.HOME ?? '';
	const usable = path.isAbsolute(named) && (getuid!() !== 0 || ownerOf(named) === 0);
	return usable ? named : (knownHome() ?? named);
}

/** Where receipts belong by the XDG base directory specification. */
export function receiptFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
	const state = env.XDG_STATE_HOME;
	return path.join(state && path.isAbsolute(state) ? state : path.join(home, '.local/state'), 'virsnap/receipts');
}

/** Null for a user that the system has no entry of. */
function knownHome(): string | null {
	try {
		return userInfo().homedir;
	} catch {
		return null;
	}
}

function ownerOf(folder: string): number | null {
	try {
		return statSync(folder).uid;
	} catch {
		return null;
	}
}
