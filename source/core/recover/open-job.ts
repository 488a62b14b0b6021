/** Jobs that nobody waits for any more. */

import type {Facts} from '../model/domain.ts';
import type {Plan, Step} from '../model/plan.ts';
import {virshDomain} from '../steps/argv.ts';

/** A job that libvirt or QEMU has open: of the whole domain (`target` null), or a block job that waits to be concluded. */
export type OpenJob = {readonly target: string | null; readonly ready: boolean};

/** The disk that a block job's command is about, as its option says. */
export function pathOf(argv: readonly string[]): string {
	return argv.find(word => word.startsWith('--path=')) ?? '';
}

/** A commit that the plan itself made is concluded; one of libvirt's own is given up, and libvirt begins it anew. */
export function concludeJob(plan: Plan, target: string, facts: Facts): Step {
	const ours = plan.steps.some(({argv}) => argv.includes('blockcommit') && pathOf(argv) === `--path=${target}`);
	return endJob(target, ours ? '--pivot' : '--abort', facts);
}

/** The step that ends a block job, one way or the other. */
export function endJob(target: string, how: '--pivot' | '--abort', {domain, host}: Facts): Step {
	return {
		title: `${how === '--pivot' ? 'Conclude' : 'Give up'} the block job on ${target}`,
		argv: virshDomain(host, 'blockjob', domain, `--path=${target}`, how),
		success: 'exit',
		changes: [{sign: '~', what: how === '--pivot' ? `${target} runs on its base` : `${target} stays on its overlay`}],
		undo: null,
	};
}
