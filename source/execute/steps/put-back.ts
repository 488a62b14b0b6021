/** A step that has overwritten somebody else's definition has failed, and theirs is put back: the one input that is in no plan. */
import type {Does} from '../../core/model/does.ts';
import {virsh} from '../../core/steps/on-domain.ts';
import {overwritten} from '../../core/steps/overwritten.ts';
import type {ExecutorSurroundings} from '../surroundings.ts';
import {failureOf, inSentence} from './command-failure.ts';

const what = 'Somebody else changed the definition of the domain at the same moment';

/** To be asked right after the command. Null where it overwrote nothing; else what happened. Never rejects. */
export async function putBack(
	does: Does | null,
	{definition, run}: Pick<ExecutorSurroundings, 'definition' | 'run'>,
): Promise<string | null> {
	if (does?.kind !== 'define') return null;
	const lost = overwritten(does, await definition.written());
	if (lost === null) return null;
	if (lost.theirs === null) return `${what}, and their change may be lost: look at it (virsh dumpxml --inactive)`;
	const result = await run(virsh(does.on, 'define', '--file=/dev/stdin'), lost.theirs);
	const words = failureOf({success: 'exit'}, result);
	if (words !== null) return `${what}. Their change is lost, since it could not be put back: ${inSentence(words)}`;
	const {texts, missed} = await definition.written();
	if (missed || texts.length > 1)
		return `${what}, more than once. One of their changes may be lost: look at it (virsh dumpxml --inactive)`;
	return `${what}. Their change was put back`;
}
