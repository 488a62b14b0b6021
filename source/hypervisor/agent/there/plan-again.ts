import {makePlan} from '../../../core/make-plan.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {Asked} from '../../../core/model/intent.ts';
import type {Outcome} from '../../../core/model/plan.ts';
import type {Receipt} from '../../../core/model/receipt.ts';
import {undoPlan} from '../../../core/recover/undo.ts';

/** `undoes`: what an undo is of, else null. */
export function planAgain(asked: Asked, undoes: Receipt | null, facts: Facts): Outcome | null {
	if (asked.verb === 'undo') return undoes && undoPlan(undoes, facts);
	return makePlan(facts, asked);
}
