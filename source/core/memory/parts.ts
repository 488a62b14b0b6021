/** What plans for memory alone are made of, whichever way it goes. */

import {uuidOf} from '../domain-xml/identity.ts';
import type {Facts, SaveImage} from '../model/domain.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import type {Refusal} from '../model/refusal.ts';
import {basisOf} from '../planning/basis.ts';
import {hint} from '../steps/hints.ts';
import {t} from '../words/text.ts';

/** What differs from verb to verb; `planOf` adds the rest. */
export type Draft = Pick<Plan, 'verb' | 'why' | 'pause' | 'steps' | 'expect'> & Partial<Plan>;

/** The plan of a draft: what a draft does not say is empty. */
export function planOf(facts: Facts, draft: Draft): Outcome {
	const {domain} = facts;
	return {
		plan: {
			domain: {uuid: domain.uuid, name: domain.name},
			tag: null,
			method: 'memory',
			consistency: null,
			losses: [],
			warnings: [],
			wayBack: '',
			onFailure: 'stop',
			confirm: null,
			basis: basisOf(facts),
			...draft,
		},
	};
}

/** Said where a managed save was meant and there is none. */
export function nothingSaved({domain, host}: Facts, verb: 'restore' | 'drop'): Refusal {
	const instead =
		verb === 'restore' ? `Start it (${hint(host, 'start', domain)}), or name the file` : 'If a file has it, name that';
	return {
		code: 'not-found',
		reason: t`${domain.name} has no managed save.`,
		remedy: `${instead}: virsnap ${verb} FILE.`,
	};
}

/** What the file holds of this domain's memory; null where it holds none, or another domain's. */
export function imageOf({domain, saveImages}: Facts, file: string): SaveImage | null {
	const image = saveImages[file];
	return image && uuidOf(image.xml) === domain.uuid ? image : null;
}

/** Said of such a file. */
export function notItsMemory({domain}: Facts, file: string): Refusal {
	return {
		code: 'not-found',
		reason: t`${file} holds no saved memory of ${domain.name}.`,
		remedy: 'See whose it is: virsh save-image-dumpxml FILE.',
	};
}
