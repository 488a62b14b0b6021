/** Making an overlay of a file that nothing runs on. */
import type {Facts} from '../../model/facts.ts';
import type {Step} from '../../model/step.ts';
import {step} from '../step.ts';
import {mayChangeModes, privateStep} from './private-files.ts';
import {takenOver} from './taken-over.ts';

type NewOverlay = {
	readonly target: string;
	/** File whose mode and owner it gets. */
	readonly like: string;
	readonly base: string;
	readonly format: string;
	readonly file: string;
};

/**
 * An empty file with the neighbour's mode and owner comes first: qemu-img alone would make it world-readable, and ours. Then it is
 * made private, but by a plain user of the system's libvirt, who could not read it any more once QEMU owns it.
 */
export function overlaySteps(
	facts: Pick<Facts, 'host' | 'root'>,
	{target, like, base, format, file}: NewOverlay,
): Step[] {
	return [
		step(
			{kind: 'new-file', file, like, takenOver: takenOver(facts)},
			{title: `Make a file for the new overlay of ${target}`},
		),
		...(mayChangeModes(facts) ? [privateStep([file], true)] : []),
		step({kind: 'overlay', file, base, format}, {title: `Create the new overlay of ${target}`}),
	];
}
