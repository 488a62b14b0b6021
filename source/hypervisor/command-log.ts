/** The last commands that were run, oldest first. */
import type {LoggedCommand} from '../core/model/hypervisor.ts';

const longest = 1000;

type CommandLog = {add(command: LoggedCommand): void; list(): readonly LoggedCommand[]};

/** Keeps the last 1000. */
export function createCommandLog(): CommandLog {
	let commands: readonly LoggedCommand[] = [];
	return {
		add(command) {
			commands = [...commands.slice(1 - longest), command];
		},
		list: () => commands,
	};
}
