/** Whether QEMU holds the images of a paused domain: libvirt does not tell, QEMU's own monitor does. */
import type {Held} from '../core/model/domain.ts';
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
