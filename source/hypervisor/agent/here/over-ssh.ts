/** A host over the system's own ssh: its configuration, its keys, its questions. */

import {HostError} from '../../../core/words/foreseen-error.ts';
import {shellCommand, t} from '../../../core/words/text.ts';
import {startTalk} from '../../../programs/talk.ts';
import {frameOf} from '../language/frames.ts';
import {readGreeting} from '../language/greeting.ts';
import type {AgentRequest} from '../language/protocol.ts';
import type {Way} from './lasting-link.ts';
import {openLink, type Wire} from './link.ts';
import {type SshAddress, startThere} from './ssh-address.ts';
import {sshFailure} from './ssh-remedies.ts';

/** A link that is dead is noticed after three times this long, in seconds. */
const aliveEvery = 5;

/** Connecting takes half of it at most. */
const greetingMs = 30_000;

const watchFrame = frameOf({watch: true} satisfies AgentRequest);

export type Over = {
	readonly version: string;
	/** Whether there is a person at a terminal whom ssh may ask the first time, before a screen is drawn. */
	readonly asks: boolean;
};

/** The host is reached, and has no virsnap. */
export class NoVirsnap extends HostError {}

export function overSsh(address: SshAddress, {version, asks}: Over): Way {
	return {
		machine: {name: address.name, ssh: address.ssh},
		uri: address.from,
		async connect(told, attempt, signal) {
			const lent = typeof attempt === 'object' ? attempt : null;
			const mayAsk = lent !== null || (attempt === 'first' && asks);
			const argv = [...optionsFor(address, mayAsk), startThere(address, version, ['agent'])];
			const talk = await startTalk(lent === null ? argv : unmoved(argv), {asks: mayAsk, onWords: lent?.tell});
			// Before the greeting: a way there and back less, and whoever is no agent is told nothing by it.
			if (told.watched) talk.stdin.write(watchFrame);
			signal.addEventListener('abort', talk.end, {once: true});
			// Whoever quits while it is being started.
			if (signal.aborted) talk.end();
			lent?.givenUp.addEventListener('abort', talk.kill, {once: true});
			if (lent?.givenUp.aborted) talk.kill();
			const line: Wire = {
				input: talk.stdout,
				output: talk.stdin,
				ended: talk.ended.then(({exitCode, stderr}) => reasonOf(address, exitCode, stderr)),
				close: talk.end,
			};
			// A person who is asked for a password may take longer.
			const silent = mayAsk ? null : silence(address);
			try {
				const greeting = readGreeting(talk.stdout, version);
				if ((await Promise.race([greeting, silent?.over ?? greeting])) === null) throw await line.ended;
			} catch (error) {
				talk.end();
				if (lent === null) throw error;
				// The terminal is its own until then.
				await talk.ended;
				throw lent.givenUp.aborted ? givenUpOn(address) : error;
			} finally {
				silent?.stop();
			}

			return openLink(line, told);
		},
	};
}

/**
 * ssh stays at the terminal where it has asked, and would end by a Ctrl-C at the question of the next host. So it does not hear it; while
 * it asks itself it takes it for an empty answer, and has to be ended.
 */
const unmoved = (argv: readonly string[]) => ['sh', '-c', 'trap "" INT QUIT; exec "$@"', 'sh', ...argv];

const givenUpOn = ({name}: SshAddress) => new HostError(t`You gave up connecting to ${name}.`, null, true, true);

/** Rejects after a while: ssh has connected, and what it has started there hangs. */
function silence({name, ssh}: SshAddress): {readonly over: Promise<never>; stop(): void} {
	const {promise: over, reject} = Promise.withResolvers<never>();
	const error = new HostError(
		t`${name} is connected, but its virsnap does not answer`,
		`See what it does there: ${shellCommand([...ssh, 'virsnap', 'doctor'])}`,
	);
	const timer = setTimeout(() => reject(error), greetingMs);
	return {over, stop: () => clearTimeout(timer)};
}

/** ssh and what it is told, up to the host. */
export function optionsFor({ssh: [program, ...rest]}: SshAddress, mayAsk: boolean): string[] {
	const options = [
		...(mayAsk ? [] : ['BatchMode=yes']),
		'ConnectTimeout=15',
		`ServerAliveInterval=${aliveEvery}`,
		'ServerAliveCountMax=3',
	];
	return [program!, '-T', '-e', 'none', ...options.flatMap(option => ['-o', option]), ...rest];
}

function reasonOf(address: SshAddress, exitCode: number | null, stderr: string): HostError {
	const {name, ssh} = address;
	if (exitCode === 127 && !/ssh/.test(stderr)) {
		const toInstall = `Install virsnap there, the same version as here, so that the command is found: ${shellCommand([...ssh, 'virsnap', '--version'])}`;
		return new NoVirsnap(t`${name} has no virsnap`, toInstall, true);
	}
	const {reason, remedy, refuses, asks} = sshFailure(stderr, address);
	return new HostError(reason || t`the connection to ${name} ended`, remedy, refuses, asks);
}
