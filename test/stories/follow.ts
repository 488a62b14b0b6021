/** Does what a remedy says, to the letter: each command in it, in its order, or each option with the same intent again. */

import type {Intent} from '../../source/core/model/intent.ts';
import type {Remedy} from '../../source/core/model/remedy.ts';
import {ownLine} from '../../source/core/words/own-line.ts';
import type {Cast, Story} from './story.ts';

/** Commands of `virsnap` go through plans like anybody's; everything else is for a shell, which `yes` answers. */
export async function follows(story: Story, domain: Cast, remedy: Remedy, which = 0): Promise<void> {
	const commands = commandsIn(remedy);
	const line = commands[which];
	if (line === undefined) throw new Error(`No command ${which} in: ${JSON.stringify(remedy)}`);
	for (const command of line.split(' && ')) {
		const words = command.split(' ').map(word => word.replaceAll("'", ''));
		if (words[0] === 'virsnap') await domain.does(intentOf(words.slice(1)));
		else await story.lab.run('sh', ['-c', command]);
	}
}

/** The commands that it names. */
export function commandsIn(remedy: Remedy): string[] {
	if (typeof remedy === 'string') return [];
	return remedy.flatMap(part => {
		if (typeof part === 'string') return [];
		if ('virsnap' in part) return [part.virsnap.map(line => ownLine(line, null)).join(' && ')];
		return 'command' in part ? (part.command ?? []) : [];
	});
}

function intentOf([verb, first, second, ...more]: readonly string[]): Intent {
	switch (verb) {
		case 'delete':
			return {verb, tag: second!, ...(more.includes('--metadata-only') ? {metadataOnly: true} : {})};
		case 'revert':
			return {verb, tag: second!};
		case 'reclaim':
			return {verb, overlay: second!};
		case 'restore':
		case 'drop':
			return first!.startsWith('/') ? {verb, file: first!} : {verb};
		default:
			throw new Error(`virsnap ${verb} is not known here`);
	}
}
