/** Making the file that libvirt is to write memory into. */
import {activeFile} from '../../model/disk.ts';
import {writableDisks} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import type {Step} from '../../model/step.ts';
import {t} from '../../words/text.ts';
import {step} from '../step.ts';
import {mayChangeModes} from './private-files.ts';
import {takenOver} from './taken-over.ts';

/**
 * An empty file of that name, made exclusively, so that libvirt writes over nobody else's; owned as the domain's images are. Empty where
 * only libvirt may make it: a plain user's file in a shared folder (/tmp) would be closed to it (proc(5), protected_regular).
 */
export function memoryFileSteps(facts: Pick<Facts, 'host' | 'root' | 'domain' | 'blockDevices'>, file: string): Step[] {
	const like = writableDisks(facts.domain)
		.filter(disk => disk.type === 'file' && !facts.blockDevices.includes(activeFile(disk)))
		.map(activeFile)[0];
	if (like === undefined || !mayChangeModes(facts)) return [];
	return [
		step(
			{kind: 'new-file', file, like, takenOver: takenOver(facts)},
			{title: 'Make a file for the memory', changes: [{sign: '+', what: t`${file}`}]},
		),
		step({kind: 'private-mode', files: [file], made: true}, {title: 'Make the memory file private (0600)'}),
	];
}
