/** Commands that another process ran, for the log of this one. */
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';

/** Log the commands of a receipt that have ended, each once: `told` remembers those that were. */
export function tellCommands(receipt: Receipt, told: Set<string>, log: (command: LoggedCommand) => void): void {
	for (const list of ['steps', 'undone'] as const) {
		for (const [index, step] of receipt[list].entries()) {
			const key = `${list} ${index}`;
			if (step.endedAt === null || step.startedAt === null || told.has(key)) continue;
			told.add(key);
			log({
				at: step.startedAt,
				argv: step.argv,
				milliseconds: Date.parse(step.endedAt) - Date.parse(step.startedAt),
				exitCode: step.exitCode,
				error: step.exitCode === 0 ? '' : step.stderr.trim().split('\n')[0]!,
				changes: true,
			});
		}
	}
}
