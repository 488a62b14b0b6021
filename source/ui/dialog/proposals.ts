/** Names that are proposed where one has to be typed. */
import {dirname} from 'node:path/posix';
import type {Facts} from '../../core/model/facts.ts';

/** "web-2", or the next that is free. */
export function cloneName({domain, domains}: Facts): string {
	const taken = new Set(domains.map(({name}) => name));
	let number = 2;
	while (taken.has(`${domain.name}-${number}`)) number++;
	return `${domain.name}-${number}`;
}

const ENDING = '.save';

/** Beside the first disk: "web-2026-11-23-143000.save". */
export function saveFile({domain, now}: Facts): string {
	const source = domain.disks.find(disk => disk.source?.startsWith('/'))?.source;
	const folder = source ? dirname(source) : '/var/lib/libvirt/images';
	const time = now.slice(0, 19).replace('T', '-').replaceAll(':', '');
	return `${folder}/${domain.name.replaceAll('/', '_')}-${time}${ENDING}`;
}

/** The newest by name that looks like one of this domain; empty where there is none. */
export function savedFile({domain, directories}: Facts): string {
	const found = Object.values(directories).flatMap(({path, entries}) =>
		entries
			.filter(entry => entry.endsWith(ENDING) && entry.startsWith(domain.name))
			.map(entry => `${path === '/' ? '' : path}/${entry}`),
	);
	return found.toSorted().at(-1) ?? '';
}
