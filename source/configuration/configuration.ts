/** The configuration: read when hosts are looked for, written by `virsnap hosts add` and `remove`. */

import {mkdir, open, realpath, rename, rm, stat} from 'node:fs/promises';
import path from 'node:path';
import type {NamedHost} from '../core/model/hypervisor.ts';
import {refuse} from '../core/model/refusal.ts';
import {RefusalError} from '../core/words/foreseen-error.ts';
import {t} from '../core/words/text.ts';
import {withHost, withoutHost} from './edit.ts';
import {type ConfigurationPlaces, findFile} from './places.ts';
import {readHosts} from './read.ts';
import {positionOf} from './tables.ts';

export type Configured = ReturnType<typeof readHosts> & {
	/** Null: there is none. */
	readonly file: string | null;
};

/** Never rejects: a file that cannot be read is a mistake like others. */
export async function readConfiguration(places: ConfigurationPlaces): Promise<Configured> {
	try {
		const found = await findFile(places);
		if (found === null) return {file: null, hosts: [], pictures: false, columns: null, unknown: [], mistakes: []};
		return {file: found.file, ...readHosts(found.text, found.file)};
	} catch (error) {
		return {
			file: places.own,
			hosts: [],
			pictures: false,
			columns: null,
			unknown: [],
			mistakes: [(error as Error).message],
		};
	}
}

/**
 * Writes one more host into one's own file, which begins as a copy of everybody's where there is none. Resolves with the file.
 *
 * @throws {RefusalError} it is not valid, or cannot be written
 */
export async function writeHost(places: ConfigurationPlaces, host: NamedHost): Promise<string> {
	const text = await validText(places);
	await write(places.own, withHost(text, host));
	return places.own;
}

/** @throws {RefusalError} there is no such host, it is not a table of its own, or the file cannot be written */
export async function dropHost(places: ConfigurationPlaces, name: string): Promise<string> {
	const text = await validText(places);
	const without = withoutHost(text, name);
	if (without === null) {
		const {line} = positionOf(text, ['hosts', name]);
		const remedy = t`Take it out by hand: line ${line} of ${places.own}`;
		throw new RefusalError(
			refuse('unsupported', t`${name} is not written as a table of its own, [hosts.${name}].`, remedy),
		);
	}
	await write(places.own, without);
	return places.own;
}

async function validText(places: ConfigurationPlaces): Promise<string> {
	const found = await findFile(places);
	if (found === null) return '';
	const {mistakes} = readHosts(found.text, found.file);
	if (mistakes.length === 0) return found.text;
	throw new RefusalError(refuse('unsupported', mistakes.join('\n'), 'Correct it first; nothing was written.'));
}

/** All or nothing, and where the file is a link, what it leads to. */
async function write(file: string, text: string): Promise<void> {
	try {
		await mkdir(path.dirname(file), {recursive: true});
		const target = await realpath(file).catch(() => file);
		const mode = await stat(target).then(
			facts => facts.mode & 0o777,
			() => 0o644,
		);
		const fresh = `${target}.${globalThis.crypto.randomUUID()}.new`;
		try {
			const handle = await open(fresh, 'wx', mode);
			try {
				await handle.writeFile(text);
				await handle.chmod(mode);
				await handle.sync();
			} finally {
				await handle.close();
			}
			await rename(fresh, target);
		} catch (error) {
			await rm(fresh, {force: true});
			throw error;
		}
	} catch (error) {
		const remedy = t`Make ${path.dirname(file)} writable for you; nothing was changed.`;
		throw new RefusalError(refuse('not-writable', (error as Error).message, remedy), {cause: error});
	}
}
