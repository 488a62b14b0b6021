/** Operations as the state knows them: which is meant, what it is called, what a cancel would do to it now. */
import type {Plan} from '../../core/model/plan.ts';
import type {Receipt} from '../../core/model/receipt.ts';
import {type Stop, stopAt} from '../../core/steps/stopping.ts';
import {t} from '../../core/words/text.ts';
import {calledOn, type DomainKey, type HostName, keyOf} from './hosts/placed.ts';
import type {Interrupted, State, Work} from './state.ts';

export const underWay = ({works}: State): readonly Work[] => works.filter(({finished}) => !finished);

/** The operation whose screen is open, or the one that it would be opened on: the newest under way, else the newest. */
export function shownWork(state: State): Work | null {
	const {screen, works} = state;
	if (screen.name === 'progress') return works.find(({key}) => key === screen.key) ?? null;
	return underWay(state).at(-1) ?? works.at(-1) ?? null;
}

/** The domain that an operation is about. */
export const domainOf = ({host, plan}: Pick<Work, 'host' | 'plan'>): DomainKey => keyOf(host, plan.domain.uuid);

/** The interrupted operation of this domain. */
export const interruptedOn = ({interrupted}: State, domain: DomainKey): Interrupted | null =>
	interrupted.find(({host, receipt}) => domainOf({host, plan: receipt.plan}) === domain) ?? null;

/** The interrupted operation that the key is about: the one of this domain, else the newest. */
export const interruptedOf = (state: State, domain: DomainKey | null): Interrupted | null =>
	(domain === null ? null : interruptedOn(state, domain)) ?? state.interrupted[0] ?? null;

/** What a cancel does now; between two steps nothing more begins. */
export function stopOf({plan, steps}: Receipt): Stop {
	// What is left is only to read it back.
	if (steps.every(({status}) => status === 'done')) return 'too-late';
	const running = steps.findIndex(({status}) => status === 'running');
	return running < 0 ? 'before-next' : stopAt(plan, running);
}

/** "create before-upgrade on web", "save of web"; of several hosts "save of h1/web" */
export function subjectOf({verb, tag, domain}: Plan, host: HostName): string {
	const on = tag === null ? (OF[verb] ?? `${verb} of`) : t`${verb} ${tag} ${verb === 'clone' ? 'of' : 'on'}`;
	return t`${on} ${calledOn(host, domain.name)}`;
}

/** What finishes or takes back another is not that other one. */
export function subjectOfWork({plan, receipt, host}: Pick<Work, 'plan' | 'receipt' | 'host'>): string {
	return `${receipt?.recovers === undefined ? '' : 'recovery of '}${subjectOf(plan, host)}`;
}

const OF: Readonly<Partial<Record<Plan['verb'], string>>> = {
	save: 'memory save of',
	restore: 'memory restore of',
	drop: 'drop of saved memory of',
	reclaim: 'removal of an overlay of',
};

/** "1 of 3: " before the title of its dialog, and of the progress of what came of it. */
export function roundWords({round, screen}: State): string {
	if (round === null || (screen.name !== 'dialog' && screen.name !== 'progress')) return '';
	return `${round.count - round.left.length} of ${round.count}: `;
}
