/** What libvirt reports by itself: `virsh event --loop --all --timestamp`, one line at a time, unbuffered. */
import {firstWords} from '../../programs/first-words.ts';
import {runProgram} from '../../programs/run-program.ts';
import {type Libvirt, virshArgv} from './ask.ts';

/** One line of the stream. `line` begins behind the date, as virsh wrote it. */
type DomainEvent = {readonly kind: string; readonly line: string};

/** Events that tell nothing we show; some guests raise them again and again. */
const uninteresting = new Set(['rtc-change', 'balloon-change', 'graphics', 'watchdog', 'memory-device-size-change']);

/** A line such as `2026-01-02 03:04:05.678+0000: event 'lifecycle' for domain 'NAME': Started Booted`; null for anything else. */
export function parseEvent(line: string): DomainEvent | null {
	const match = /^\S+ \S+: (event '([\w-]+)' for domain '.*)/s.exec(line);
	if (!match || uninteresting.has(match[2]!)) return null;
	return {kind: match[2]!, line: match[1]!};
}

/** Whether an event is about the domain of that name, which may itself hold quotes and colons. */
export function concerns(event: DomainEvent, name: string): boolean {
	return event.line.startsWith(`event '${event.kind}' for domain '${name}':`);
}

/**
 * Hear of events until libvirt goes away or `signal` aborts.
 *
 * @returns what virsh said when the stream ended
 */
export async function listen(
	libvirt: Libvirt,
	signal: AbortSignal,
	onEvent: (event: DomainEvent) => void,
): Promise<string> {
	let unfinished = '';
	const onText = (text: string) => {
		const lines = (unfinished + text).split('\n');
		unfinished = lines.pop()!;
		for (const line of lines) {
			const event = parseEvent(line);
			if (event) onEvent(event);
		}
	};
	const argv = virshArgv(libvirt.uri, 'event', '--loop', '--all', '--timestamp');
	const {stderr} = await runProgram(argv, {env: libvirt.env, signal, onText, endsWithUs: true});
	return firstWords(stderr) || 'the stream of events from libvirt ended';
}
