/** Asks libvirt and looks at this machine's processes: where are its files? */
import {existsSync} from 'node:fs';
import os from 'node:os';
import {ForeseenError} from '../../core/words/foreseen-error.ts';
import {runProgram} from '../../programs/run-program.ts';
import {ConnectionError} from '../errors.ts';
import type {OpenReader} from '../open-reader.ts';
import {ask, type Libvirt} from '../virsh/ask.ts';
import {daemonAddress, type Surroundings} from '../wire/address.ts';
import {daemonAt, isSameFor} from './daemon-process.ts';
import {isSystemUri, judgePlace, type Place} from './place.ts';

export type Places = {
	/** Found once, and again where the daemon that it was found by has ended. */
	place(): Promise<Place>;
	/** Whether libvirt's files are the machine's own or a user's. */
	readonly system: boolean;
	/** Why the file of this path is not the one that libvirt means; null where it is. */
	hindrance(file: string): Promise<string | null>;
	/** Look anew at the next question: the connection was made again. */
	forget(): void;
};

/** Nothing is asked yet. @throws from its methods {ConnectionError} libvirt could not be asked */
export function findPlaces(libvirt: Libvirt, reader: OpenReader, surroundings: Surroundings): Places {
	const around = {...surroundings, env: {...surroundings.env, ...libvirt.env}};
	const address = daemonAddress(libvirt.uri, around);
	let known: Promise<Place> | null = null;

	async function find(): Promise<Place> {
		// A daemon that is started for the asking listens only now.
		const hostname = await reader.hostname();
		const uri = address.socket === null ? await canonicalUri(libvirt) : address.name;
		const socket = address.socket ?? socketOf(uri, around);
		const daemon = socket === null ? 'none' : await daemonAt(socket);
		const ownNames = daemon === 'hidden' ? await namesOfThisMachine(hostname) : [];
		return judgePlace({uri, socket, hostname, ownNames, daemon});
	}

	async function place(): Promise<Place> {
		const {compare} = (await known) ?? {compare: null};
		if (compare !== null && !existsSync(`/proc/${compare}`)) known = null;
		known ??= find().catch(error => {
			known = null;
			// Not even this machine's processes could be looked at.
			throw error instanceof ForeseenError ? error : new ConnectionError(['ls', '/proc'], null, error.message);
		});
		return known;
	}

	return {
		place,
		system: isSystemUri(address.uri, surroundings.uid),
		async hindrance(file) {
			const {elsewhere, compare} = await place();
			if (elsewhere !== null) return notHere;
			if (compare === null || (await isSameFor(compare, file))) return null;
			return otherFile;
		},
		forget() {
			known = null;
		},
	};
}

/** `remedies.ts` has a row for each. */
const notHere = 'the image lies on another machine';
const otherFile = 'libvirt means another file by this path, in a container or mount namespace of its own';

/** What libvirt's library makes of the name that was given. */
async function canonicalUri(libvirt: Libvirt): Promise<string> {
	const [answer] = await ask(libvirt, [['uri']]);
	return answer!.stdout.trim();
}

/** Also of one with options that the wire does not know. */
function socketOf(uri: string | null, around: Surroundings): string | null {
	const [bare = '', query = ''] = (uri ?? '').split('?');
	return new URLSearchParams(query).get('socket') ?? daemonAddress(bare, around).socket;
}

/** As libvirt finds its own: the canonical name, by the same look-up (virGetHostname). */
async function namesOfThisMachine(wanted: string): Promise<string[]> {
	if (wanted === os.hostname()) return [wanted];
	const {stdout} = await runProgram(['hostname', '-f'], {patience: 5000});
	return [os.hostname(), stdout.trim()];
}
