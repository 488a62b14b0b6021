/** Remedies are written with the tag `remedy`; each face tells them in its own way. */
import type {Remedy, RemedyAction} from '../model/remedy.ts';
import {ownLine} from './own-line.ts';
import {printable, shellCommand} from './text.ts';

/** `` remedy`Start it first ${start}.` ``: values from outside are made printable, actions and other remedies stay data. */
export function remedy(strings: TemplateStringsArray, ...values: readonly Hole[]): Remedy {
	const parts = strings.flatMap((text, index) => [...(index === 0 ? [] : partsOf(values[index - 1]!)), text]);
	const joined: (string | RemedyAction)[] = [];
	for (const part of parts) {
		const last = joined.at(-1);
		if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
		else if (part !== '') joined.push(part);
	}
	return joined.every(part => typeof part === 'string') ? joined.join('') : joined;
}

type Hole = string | number | RemedyAction | readonly (string | RemedyAction)[];

function partsOf(value: Hole): readonly (string | RemedyAction)[] {
	if (typeof value !== 'object') return [printable(String(value))];
	return Array.isArray(value) ? value : [value as RemedyAction];
}

/** An option of virsnap: `option('--dir')`. */
export function option(name: string): RemedyAction {
	return {option: name};
}

/** Where a command is typed, as seen from the hypervisor that it is about. */
export type Typed = {
	/** What the host is called where several are given; null: it need not be named. */
	readonly host: string | null;
	/** What starts a command on the hypervisor's machine when the command is put behind it; null: that is this machine. */
	readonly ssh: readonly string[] | null;
};

/** Beside the hypervisor, which is the only one. */
export const typedThere: Typed = {host: null, ssh: null};

/** For the command line and its documents: `Start it first (virsh start web).` */
export function asCommands(text: Remedy, typed: Typed): string {
	return told(text, action => ('option' in action ? action.option : bracketed(commandOf(action, typed))));
}

/** What is typed for it; null where there is nothing. */
export function commandOf(action: Exclude<RemedyAction, {readonly option: string}>, {host, ssh}: Typed): string | null {
	if (!('virsnap' in action)) {
		if (action.command === null || ssh === null) return action.command;
		return shellCommand([...ssh, action.command]);
	}
	const lines = action.virsnap.map(line => ownLine(line, host));
	return lines.length === 0 ? null : lines.join(' && ');
}

/** The text with each action in the words that `tell` has for it; they follow text that ends in a space, which goes where they are empty. */
export function told(text: Remedy, tell: (action: RemedyAction) => string): string {
	if (typeof text === 'string') return text;
	return text.reduce<string>((line, part) => {
		const words = typeof part === 'string' ? part : tell(part);
		return words === '' && typeof part !== 'string' ? line.trimEnd() : line + words;
	}, '');
}

/** How an action stands in a sentence; empty where there is nothing to name. */
export function bracketed(words: string | null): string {
	return words === null ? '' : `(${words})`;
}
