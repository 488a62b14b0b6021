/** What y copies, as text for a shell: one word is left without a line end, so that pasting it runs nothing. */
import {holdsSecrets} from '../../core/domain-xml/secrets.ts';
import type {Plan} from '../../core/model/plan.ts';
import {planScript} from '../../core/planning/script.ts';
import {waysIn} from '../../core/snapshots/contents/exports.ts';
import {counted, printable, shellCommand, shellWord} from '../../core/words/text.ts';
import type {Effect} from './actions.ts';
import {type HostName, splitKey} from './hosts/placed.ts';
import {selectedDomain, selectedSnapshot} from './rows.ts';
import type {State} from './state.ts';

/** Null where a password is among it: terminals and other programs read what is copied, and without it the definition would lose it. */
export const copyPlan = (plan: Plan, host: HostName): Effect | null =>
	holdsSecrets(plan.steps)
		? null
		: {type: 'copy', commandsFor: {host}, text: planScript(plan), what: counted(plan.steps.length, 'command')};

/** The commands that changed something: what only read is of no use to anybody. */
export function copyLog({screen}: State): Effect[] {
	if (screen.name !== 'log') return [];
	// Host by host: together they would be run on one of them.
	const groups = Map.groupBy(
		screen.entries.filter(({changes}) => changes),
		({host}) => host,
	);
	return [...groups].map(([host, entries]) =>
		copyCommands(
			entries.map(({argv}) => shellCommand(argv)),
			host,
		),
	);
}

/** The first way into each disk that is open: the others want a folder. */
export function copyOpened({screen}: State): Effect[] {
	if (screen.name !== 'inside' || screen.opened === null) return [];
	const {host} = splitKey(screen.domain);
	return [
		copyCommands(
			screen.opened.disks.flatMap(({socket}) => waysIn(socket)[0]!.commands),
			host,
		),
	];
}

/** The selected tag, or the name of the selected domain. */
export function copyName(state: State): Effect[] {
	const domain = selectedDomain(state);
	if (domain === null) return [];
	const snapshot = state.focus === 'snapshots' ? selectedSnapshot(state) : null;
	const name = snapshot?.tag ?? domain.name;
	return [{type: 'copy', text: shellWord(name), what: printable(name)}];
}

const copyCommands = (commands: readonly string[], host: HostName): Effect => ({
	type: 'copy',
	commandsFor: {host},
	text: `${commands.join('\n')}\n`,
	what: counted(commands.length, 'command'),
});
