/** Commands as actions of a remedy: to be read and pasted, never spawned. */
import type {Domain, Host} from '../model/domain.ts';
import type {KeyAction, OwnLine, RemedyAction} from '../model/remedy.ts';
import {shellCommand} from '../words/text.ts';
import {virsh} from './on-domain.ts';

const keysOfVirsh: Readonly<Record<string, KeyAction>> = {
	start: 'start',
	shutdown: 'shutdown',
	destroy: 'destroy',
	suspend: 'pause-resume',
	resume: 'pause-resume',
	'managedsave-remove': 'memory',
};

/** A virsh command about a domain, by its name where a shell can take it: to be read and pasted, never spawned. */
export function byVirsh(
	host: Pick<Host, 'uri'>,
	command: string,
	{uuid, name}: Pick<Domain, 'uuid' | 'name'>,
	...words: readonly string[]
): RemedyAction {
	const line = virsh(host, ...command.split(' '), name.startsWith('-') ? uuid : name, ...words);
	return {does: keysOfVirsh[command] ?? null, domain: uuid, command: shellCommand(line)};
}

/** Deleting these snapshots, one after the other. */
export function byDelete({uuid, name}: Pick<Domain, 'uuid' | 'name'>, ...tags: readonly string[]): RemedyAction {
	return {does: 'delete', domain: uuid, virsnap: tags.map(tag => ({words: ['delete', name, tag], options: []}))};
}

/** Any other command. */
export function byShell(words: readonly string[]): RemedyAction {
	return {does: null, domain: null, command: shellCommand(words)};
}

/** `virsnap WORDS OPTIONS`; `does` where the terminal UI has a key for it. */
export function byVirsnap(
	words: readonly string[],
	does: KeyAction | null = null,
	options: readonly string[] = [],
): RemedyAction {
	return {does, domain: null, virsnap: [{words, options} satisfies OwnLine]};
}

/**
 * A copy of all that is below it becomes its base, while nothing has it open. `qemu-img rebase -b ""` and `virsh blockpull` would fill in
 * only what is read now: snapshots inside the overlay read from below as well, and would hold zeros there (verified on 7.2).
 *
 * @param base what it stands on now, with its format where that is known
 */
export function byOwnBase(
	overlay: string,
	base: {readonly file: string; readonly format: string | null},
): RemedyAction {
	const copy = `${overlay}.base`;
	const from = base.format === null ? [base.file] : ['-f', base.format, base.file];
	const commands = [
		// Another overlay may stand on what lies there.
		['test', '!', '-e', copy],
		['qemu-img', 'convert', '-O', 'qcow2', ...from, copy],
		['qemu-img', 'rebase', '-u', '-f', 'qcow2', '-F', 'qcow2', '-b', copy, overlay],
	];
	return {does: null, domain: null, command: commands.map(words => shellCommand(words)).join(' && ')};
}
