/** Where libvirt's own record of snapshots can be watched, it need not be asked for them over and over. */
import {EventEmitter} from 'node:events';
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import {watchFolders} from '../qemu/folder-watch.ts';
import type {Names} from './snapshots.ts';

type Asked = {readonly name: string; readonly names: Names};

export type MetadataWatch = {
	/** Of these domains (name by UUID) those whose snapshots are what `settle` was told last. Ask libvirt about the others after this. */
	quiet(domains: ReadonlyMap<string, string>): Promise<ReadonlySet<string>>;
	/** These are the snapshots that libvirt lists: where the record says the same it is believed from now on. */
	settle(asked: readonly Asked[]): Promise<void>;
	/** Hear at once that something has been written there: of a snapshot of a domain that is off libvirt sends no event. */
	onStir(listener: () => void): void;
	/** Whether it can be heard. */
	isWatched(): boolean;
};

/** At every so many looks libvirt is asked all the same. */
const thoroughEvery = 30;

/**
 * @param folder where the daemon is expected to keep a folder for each domain, with a file for each snapshot; that it is really this
 *   daemon's shows only by what lies in it
 * @param isHere whether the daemon means the folder that is seen here
 */
export function watchMetadata(
	folder: string,
	signal?: AbortSignal,
	isHere: () => Promise<boolean> = async () => true,
): MetadataWatch {
	const stirred = new EventEmitter();
	const watch = watchFolders(signal, () => stirred.emit('stir'));
	/** The folder that would stir if the domain's snapshots changed, by UUID. */
	const settled = new Map<string, string>();
	let looks = 0;
	let watched = false;
	let proven = false;

	async function settleOne({name, names}: Asked): Promise<void> {
		const own = path.join(folder, name);
		const files = await readdir(own).catch(({code}) => (code === 'ENOENT' ? null : undefined));
		if (files === undefined) return;
		const wanted = new Set(names.list.map(one => `${one}.xml`));
		const recorded = files ?? [];
		if (recorded.length !== wanted.size || !recorded.every(file => wanted.has(file))) return;
		if (files?.[0] && !(await speaksOf(path.join(own, files[0]), names.uuid))) return;
		proven ||= wanted.size > 0;
		if (proven) settled.set(names.uuid, files ? own : folder);
	}

	return {
		async quiet(domains) {
			if (!(await isHere())) return new Set();
			const thorough = looks++ % thoroughEvery === 0;
			if (thorough) {
				settled.clear();
				proven = false;
			}

			const own = [...domains].map(([uuid, name]) => settled.get(uuid) ?? path.join(folder, name));
			// Most users may not look into the folder of the system's libvirt: then it is tried, and nothing else.
			const about = await watch.look(new Set(watched ? [folder, ...own] : [folder]), {anew: thorough});
			watched = about.get(folder)!.device !== null;
			for (const [uuid, place] of settled) {
				if (!domains.has(uuid) || !about.get(place)?.quiet) settled.delete(uuid);
			}

			return new Set(settled.keys());
		},
		async settle(asked) {
			if (!watched) return;
			// Those that have some show whether this is the right folder.
			for (const some of [true, false])
				await Promise.all(asked.filter(({names}) => names.list.length > 0 === some).map(settleOne));
		},
		onStir(listener) {
			stirred.on('stir', listener);
		},
		isWatched: () => watched && proven,
	};
}

/** Whether this metadata is of that domain, and not of one with the same name in another libvirt. */
async function speaksOf(file: string, uuid: string): Promise<boolean> {
	return (await readFile(file, 'utf8').catch(() => '')).includes(`<uuid>${uuid}</uuid>`);
}
