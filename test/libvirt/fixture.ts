import {readFileSync} from 'node:fs';

/** A file recorded from a real libvirt. */
export function fixture(name: string, version = 'libvirt-9.0'): string {
	return readFileSync(new URL(`../fixtures/${version}/${name}`, import.meta.url), 'utf8');
}
