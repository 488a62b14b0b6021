/** Where the configuration is: one's own file, else the one for all users of this machine. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';

export type ConfigurationPlaces = {
	/** One's own, whether it is there or not. */
	readonly own: string;
	readonly everybody: string;
};

/** By the XDG base directory specification a relative path counts as not set. */
export function placesOf(env: Readonly<Record<string, string | undefined>>, home: string): ConfigurationPlaces {
	const {XDG_CONFIG_HOME: given} = env;
	const folder = given && path.isAbsolute(given) ? given : path.join(home, '.config');
	return {own: path.join(folder, 'virsnap/config.toml'), everybody: '/etc/virsnap/config.toml'};
}

export type ConfigurationFile = {readonly file: string; readonly text: string};

/**
 * The file that counts; null where there is none.
 *
 * @throws {NodeJS.ErrnoException} there is one that cannot be read
 */
export async function findFile({own, everybody}: ConfigurationPlaces): Promise<ConfigurationFile | null> {
	return (await readIf(own)) ?? (await readIf(everybody));
}

async function readIf(file: string): Promise<ConfigurationFile | null> {
	try {
		return {file, text: await readFile(file, 'utf8')};
	} catch (error) {
		const {code} = error as NodeJS.ErrnoException;
		if (code === 'ENOENT' || code === 'ENOTDIR') return null;
		throw error;
	}
}
