/** Commands for remedies: to be read and pasted, never spawned. */
import type {Domain, Host} from '../model/domain.ts';
import {shellCommand} from '../words/text.ts';
import {virsh} from './on-domain.ts';

/** The command of this program that deletes a snapshot, for a remedy. */
export function deleteHint({name}: Pick<Domain, 'name'>, tag: string): string {
	return shellCommand(['virsnap', 'delete', name, tag]);
}

/** A virsh command for a remedy, by the domain's name where a shell can take it: to be read and pasted, never spawned. */
export function hint(
	host: Pick<Host, 'uri'>,
	command: string,
	domain: Pick<Domain, 'uuid' | 'name'>,
	...words: readonly string[]
): string {
	const name = domain.name.startsWith('-') ? domain.uuid : domain.name;
	return shellCommand(virsh(host, ...command.split(' '), name, ...words));
}
