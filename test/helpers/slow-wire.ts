/** `node slow-wire.ts MS PROGRAM …`: stands between ssh and what it talks to, and lets each byte wait, so that a round trip takes MS more. */
import {spawn} from 'node:child_process';
import process from 'node:process';
import type {Readable, Writable} from 'node:stream';

const [roundTrip, program, ...rest] = process.argv.slice(2);
const child = spawn(program!, rest, {stdio: ['pipe', 'pipe', 'inherit']});

/** Timers of the same length fire in the order in which they were set. */
function later(from: Readable, to: Writable): void {
	const wait = (then: () => void) => setTimeout(then, Number(roundTrip) / 2);
	from.on('data', bytes => wait(() => to.write(bytes)));
	from.on('end', () => wait(() => to.end()));
	to.on('error', () => process.exit(1));
}

later(process.stdin, child.stdin);
later(child.stdout, process.stdout);
child.on('exit', code => {
	process.exitCode = code ?? 1;
	process.stdin.destroy();
});
