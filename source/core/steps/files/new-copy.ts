/** Making a copy of a disk that is a file of its own. */
import type {DoesOf} from '../../model/does.ts';
import type {Facts} from '../../model/facts.ts';
import type {Step} from '../../model/step.ts';
import {step} from '../step.ts';
import {mayChangeModes, privateStep} from './private-files.ts';
import {takenOver} from './taken-over.ts';

/** An empty file with the mode and owner of the one that is read comes first, as with overlays: qemu-img writes into what is there. */
export function copySteps(
	facts: Pick<Facts, 'host' | 'root'>,
	target: string,
	copy: Omit<DoesOf<'copy-image'>, 'kind'>,
): Step[] {
	return [
		step(
			{kind: 'new-file', file: copy.to, like: copy.from, takenOver: takenOver(facts)},
			{title: `Make a file for the copy of ${target}`},
		),
		...(mayChangeModes(facts) ? [privateStep([copy.to], true, 'copy')] : []),
		step({kind: 'copy-image', ...copy}, {title: `Copy ${target}`}),
	];
}
