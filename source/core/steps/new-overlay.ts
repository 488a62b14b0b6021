/** Making an overlay of a file that nothing runs on. */
import type {Facts} from '../model/domain.ts';
import type {Step} from '../model/plan.ts';
import {t} from '../words/text.ts';
import {mayChangeModes, privateStep} from './private-files.ts';

type NewOverlay = {
	readonly target: string;
	/** File whose mode and owner it gets. */
	readonly like: string;
	readonly base: string;
	readonly format: string;
	readonly file: string;
};

/**
 * What a new file takes over from the one it is made like. libvirt of the system gives the files of a domain their owner itself
 * when the domain starts, and may let us name none.
 */
export function takenOver({host}: Pick<Facts, 'host'>): string {
	return host.uri?.includes('/session') ? 'mode,ownership' : 'mode';
}

/**
 * An empty file with the neighbour's mode and owner comes first: qemu-img alone would make it world-readable, and ours. Then it is
 * made private, but by a plain user of the system's libvirt, who could not read it any more once QEMU owns it.
 */
export function overlaySteps(
	facts: Pick<Facts, 'host' | 'root'>,
	{target, like, base, format, file}: NewOverlay,
): Step[] {
	const undo = ['rm', '-f', '--', file];
	const attributes = takenOver(facts);
	return [
		{
			title: `Make a file for the new overlay of ${target}`,
			argv: ['cp', '--attributes-only', '--no-clobber', `--preserve=${attributes}`, '--', like, file],
			success: 'exit',
			changes: [{sign: '+', what: t`${file}, ${attributes.replace(',', ' and ')} as of ${like}`}],
			undo,
		},
		...(mayChangeModes(facts) ? [{...privateStep([file]), undo}] : []),
		{
			title: `Create the new overlay of ${target}`,
			argv: ['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', base, '-F', format, file],
			success: 'exit',
			changes: [{sign: '~', what: t`${file} becomes an overlay of ${base}`}],
			undo,
		},
	];
}
