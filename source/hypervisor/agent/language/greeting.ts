/** What comes first from another host: perhaps words of a login shell, then the line by which the agent is known. */
import type {Readable} from 'node:stream';
import {HostError} from '../../../core/words/foreseen-error.ts';
import {sameVersions} from './failed-there.ts';
import {protocolVersion} from './protocol.ts';

/** No login shell says more. */
const most = 64 * 1024;

const line = /(?:^|\n)VIRSNAP-AGENT (\d{1,9}) (\S{1,64})\n/;

/**
 * Reads up to the end of the greeting, and leaves what follows in the stream. Null where the stream ends before.
 *
 * @throws {HostError} an agent of another version, or no agent
 */
export async function readGreeting(input: Readable, version: string): Promise<true | null> {
	let text = '';
	for (;;) {
		const bytes = input.read() as Buffer | null;
		if (bytes === null) {
			if (input.readableEnded || input.destroyed) return null;
			await new Promise<void>(resolve => {
				const go = () => {
					for (const name of ['readable', 'end', 'close', 'error']) input.off(name, go);
					resolve();
				};
				for (const name of ['readable', 'end', 'close', 'error']) input.once(name, go);
			});
			continue;
		}

		text += bytes.toString('latin1');
		const found = line.exec(text);
		if (found) {
			check(Number(found[1]), found[2]!, version);
			const rest = text.slice(found.index + found[0].length);
			if (rest !== '') input.unshift(Buffer.from(rest, 'latin1'));
			return true;
		}

		if (text.length > most) throw new HostError('The host answered, but not with virsnap', sameVersions, true);
	}
}

function check(protocol: number, theirs: string, ours: string): void {
	if (protocol === protocolVersion && theirs === ours) return;
	throw new HostError(`The host has virsnap ${theirs}, this is ${ours}`, sameVersions, true);
}
