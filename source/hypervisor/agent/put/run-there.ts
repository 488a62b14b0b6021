/** A script of ours on another host, by the shell there. */
import {HostError} from '../../../core/words/foreseen-error.ts';
import {plainWord, t} from '../../../core/words/text.ts';
import {startTalk} from '../../../programs/talk.ts';
import {optionsFor} from '../here/over-ssh.ts';
import type {SshAddress} from '../here/ssh-address.ts';
import {sshFailure} from '../here/ssh-remedies.ts';

/** `asks`: ssh may ask on the terminal. */
export type SshReach = {readonly address: SshAddress; readonly asks: boolean};

type Said = {readonly status: number; readonly lines: readonly string[]; readonly stderr: string};

/** Each line of an answer begins with it: a login shell may say something, too. */
const mark = 'virsnap: ';

/**
 * The script says what it found by `say WORDS`, and that it failed by its status.
 *
 * @throws {HostError} the host is not reached
 */
export async function runThere({address, asks}: SshReach, script: string, input?: Uint8Array): Promise<Said> {
	const whole = `say() { printf '%s\\n' "${mark}$*"; }\n${script}`;
	const talk = await startTalk([...optionsFor(address, asks), `exec sh -c ${plainWord(whole)}`], {asks});
	let stdout = '';
	talk.stdout.setEncoding('utf8').on('data', (text: string) => {
		stdout += text;
	});
	talk.stdin.end(input);
	const {exitCode, stderr} = await talk.ended;
	const lines = stdout.split('\n').flatMap(line => (line.startsWith(mark) ? [line.slice(mark.length)] : []));
	// ssh's own status where it has not come so far.
	if (exitCode !== null && exitCode !== 255) return {status: exitCode, lines, stderr: stderr.trim()};
	const {reason, remedy, refuses} = sshFailure(stderr, address);
	throw new HostError(reason || t`the connection to ${address.name} ended`, remedy, refuses);
}
