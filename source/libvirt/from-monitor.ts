/** What libvirt does not tell and QEMU's own monitor does: whether it holds the images of a paused domain, and what blocks saving memory. */
import type {Held} from '../core/model/facts.ts';
import {type LibvirtReader, orNull} from './reader.ts';

/** `query-named-block-nodes` tells of `active` since QEMU 10.0; before, nodes are inactive in the state `postmigrate` only. */
const questions = [{execute: 'query-status'}, {execute: 'query-named-block-nodes', arguments: {flat: true}}];

type Answers = {
	readonly return?: {readonly status?: string} | readonly {readonly active?: boolean}[];
};

/** For paused domains only: a monitor command is written into libvirt's log as a taint. Null where all is held, or it is unknown. */
export async function readHeld(reader: LibvirtReader, uuid: string): Promise<Held | null> {
	const answers = await orNull(Promise.all(questions.map(question => reader.monitor(uuid, question))));
	return answers && parseHeld(answers[0]!, answers[1]!);
}

/** @throws {SyntaxError} that is no JSON */
export function parseHeld(status: string, nodes: string): Held | null {
	const [state, blocks] = [status, nodes].map(text => (JSON.parse(text) as Answers).return);
	if (state && 'status' in state && state.status === 'postmigrate') return 'memory written';
	return Array.isArray(blocks) && blocks.some(({active}) => active === false) ? 'images inactive' : null;
}

type Migration = {readonly return?: {readonly 'blocked-reasons'?: readonly string[]}};

/**
 * For domains with a device that is in question, of a QEMU that tells (6.0 and later; an earlier one gives the same answer as if nothing
 * were in the way): a monitor command is written into libvirt's log as a taint. Null where it cannot be asked.
 */
export async function readBlocked(reader: LibvirtReader, uuid: string): Promise<readonly string[] | null> {
	const answer = await orNull(reader.monitor(uuid, {execute: 'query-migrate'}));
	return answer === null ? null : parseBlocked(answer);
}

/** @throws {SyntaxError} that is no JSON */
export function parseBlocked(text: string): readonly string[] | null {
	const {return: told} = JSON.parse(text) as Migration;
	return told === undefined ? null : (told['blocked-reasons'] ?? []);
}
