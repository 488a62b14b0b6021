/** What the commands that a plan can be made of share: their request, and the words that several of them take. */
import path from 'node:path';
import type {Intent, RevertIntent} from '../../core/model/intent.ts';
import type {Refusal} from '../../core/model/refusal.ts';
import type {Argument, Option} from '../command.ts';
import {UsageError} from '../context.ts';

/** What was requested: which domain, and what to do with it. */
export type Request = {
	/** Name, UUID or id; null where the file of saved memory tells. */
	readonly domain: string | null;
	/** The word may be DOMAIN@TAG: which domain and which snapshot is decided once the domains are known. */
	readonly mayHaveTag?: true;
	/** An edit that says nothing of what is to change: the person writes the description in an editor. */
	readonly byEditor?: true;
	readonly intent: Intent;
};

/** A request that needs no facts to be refused. */
export type Refused = {readonly refusal: Refusal};

export const domainArgument: Argument = {
	name: 'DOMAIN',
	help: 'name, UUID or id of a domain, as in virsh',
	completes: ['domain'],
};

export const tagArgument: Argument = {name: 'TAG', help: 'the snapshot', completes: ['tag']};

/** Saved memory in a file, or the managed save of a domain. */
export const memoryArgument: Argument = {
	name: 'FILE | DOMAIN',
	help: 'the file that holds the memory (with a slash in it: ./FILE), or the domain whose managed save is meant',
	completes: ['domain', 'file'],
};

export const idOption = {
	id: {value: 'ID', help: 'of several snapshots with this tag: the one with this ID in its image'},
} as const satisfies Record<string, Option>;

export const afterwardsOptions = {
	running: {help: 'leave the domain running; default: the state that was saved'},
	paused: {help: 'leave the domain paused'},
} as const satisfies Record<string, Option>;

/** The state wanted after a revert or a restore. */
export function afterwards({running, paused}: {running?: true; paused?: true}): Pick<RevertIntent, 'afterwards'> {
	if (running || paused) return {afterwards: running ? 'running' : 'paused'};
	return {};
}

/** FILE or DOMAIN: no domain's name holds a slash. */
export function domainOrFile(subject: string): {readonly domain: string | null; readonly file?: string} {
	return subject.includes('/') ? {domain: null, file: fileOf(subject)} : {domain: subject};
}

/** A file as typed, from the current folder. An empty word, as of an unset variable, names none: a `UsageError`. */
export function fileOf(word: string): string {
	if (word === '') throw new UsageError('FILE is empty', 'Give the path of a file');
	return path.resolve(word);
}
