/** The Debians whose libvirt and QEMU `npm run test:matrix` can take, each in a folder of its own, and what is said to choose them. */
import fs from 'node:fs';

export type Release = {
	readonly suite: string;
	/** As people call it. */
	readonly name: string;
	/** What its libvirt is made of beside the packages that all releases have. */
	readonly packages: readonly string[];
};

/** Drivers that were part of libvirt-daemon before. */
const drivers = ['libvirt-daemon-driver-secret', 'libvirt-daemon-driver-storage'];

export const releases: readonly Release[] = [
	{suite: 'bullseye', name: 'Debian 11', packages: []},
	{suite: 'bookworm', name: 'Debian 12', packages: []},
	{suite: 'trixie', name: 'Debian 13', packages: drivers},
	{suite: 'sid', name: 'Debian unstable', packages: drivers},
];

/** What is to be run: on this machine's own libvirt, on Debians in folders, which files, and whether each hypervisor is another host. */
export type Choice = {
	readonly here: boolean;
	readonly folders: readonly Release[];
	readonly files: readonly string[];
	readonly remote: boolean;
};

/**
 * Reads the words behind `npm run test:matrix --`. Nothing said: all there are, of which this machine is one where it is such a Debian.
 *
 * @param own the suite of this machine; null where it is no Debian
 * @param day days since 1970, by which `--in-turn` chooses
 * @throws Error in words for people, where a word chooses nothing
 */
export function chosen(words: readonly string[], own: string | null, day: number): Choice {
	const others = releases.filter(({suite}) => suite !== own);
	const on: string[] = [];
	const files: string[] = [];
	let [other, inTurn, remote] = [false, false, false];
	for (let at = 0; at < words.length; at++) {
		const word = words[at]!;
		if (word === '--on') on.push(words[++at] ?? '');
		else if (word === '--other') other = true;
		else if (word === '--in-turn') inTurn = true;
		else if (word === '--remote') remote = true;
		else if (word.startsWith('--')) throw new Error(`${word} is not known: --on WORD, --other, --in-turn or --remote`);
		else files.push(word);
	}

	const what = {files, remote};
	if (on.length > 0) return {...byWords(on, own), ...what};
	if (inTurn) return {here: false, folders: [others[day % others.length]!], ...what};
	return {here: !other, folders: others, ...what};
}

function byWords(words: readonly string[], own: string | null): Pick<Choice, 'here' | 'folders'> {
	const found = words.map(word => (word === 'here' ? null : releaseOf(word)));
	return {
		here: found.some(release => release === null || release.suite === own),
		folders: releases.filter(release => release.suite !== own && found.includes(release)),
	};
}

/** By its suite, or by what its name ends with. */
function releaseOf(word: string): Release {
	const found = releases.find(({suite, name}) => word === suite || word === name.split(' ').at(-1));
	if (found !== undefined) return found;
	const known = releases.flatMap(({suite, name}) => [suite, name.split(' ').at(-1)]);
	throw new Error(`No release is called "${word}": here, ${known.join(', ')}`);
}

/** The suite of this machine; null where it is no Debian. */
export function ownSuite(): string | null {
	const text = fs.existsSync('/etc/os-release') ? fs.readFileSync('/etc/os-release', 'utf8') : '';
	return /^ID=debian$/m.test(text) ? (/^VERSION_CODENAME=(\w+)$/m.exec(text)?.[1] ?? null) : null;
}
