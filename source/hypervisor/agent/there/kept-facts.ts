/** Facts that were handed out: a plan that comes back is made again of them, and has to be the same. */
import {isDeepStrictEqual} from 'node:util';
import type {Facts} from '../../../core/model/facts.ts';
import type {Asked} from '../../../core/model/intent.ts';
import type {Plan} from '../../../core/model/plan.ts';
import type {Receipt} from '../../../core/model/receipt.ts';

type PlanAgain = typeof import('./plan-again.ts').planAgain;

/** Wizards that stand open at one time; older facts are stale long since. */
const most = 16;

export type KeptFacts = {
	/** The planners are loaded with the first ones: who only looks waits for none of them. */
	add(facts: Facts): Promise<void>;
	/** Our own plan that equals the one which was sent; null where none of the facts that were handed out gives it. */
	planOf(uuid: string, asked: Asked, sent: unknown): Promise<Plan | null>;
};

/** `receipts` are asked for where a plan undoes one of them. */
export function keepFacts(receipts: () => Promise<readonly Receipt[]>): KeptFacts {
	let kept: readonly Facts[] = [];
	let planAgain: PlanAgain | null = null;
	return {
		async add(facts) {
			planAgain ??= (await import('./plan-again.ts')).planAgain;
			kept = [facts, ...kept].slice(0, most);
		},
		async planOf(uuid, asked, sent) {
			const undoes = asked.verb === 'undo' ? (await receipts()).find(({id}) => id === asked.receipt) : null;
			if (undoes === undefined) return null;
			for (const facts of kept.filter(({domain}) => domain.uuid === uuid)) {
				const outcome = planAgain!(asked, undoes, facts);
				if (outcome !== null && 'plan' in outcome && isSame(outcome.plan, sent)) return outcome.plan;
			}

			return null;
		},
	};
}

/** As the other end sees it: what is undefined here is left out there. */
const isSame = (plan: Plan, sent: unknown): boolean => isDeepStrictEqual(JSON.parse(JSON.stringify(plan)), sent);
