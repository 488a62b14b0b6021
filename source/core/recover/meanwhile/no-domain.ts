/** The domain of an interrupted operation is not there any more. */
import type {Receipt} from '../../model/receipt.ts';
import {refuse} from '../../model/refusal.ts';
import {t} from '../../words/text.ts';
import {leave, type Recovery} from '../recovery.ts';

/** Where libvirt has no domain of this UUID any more the record can be closed. Without the domain nobody can judge its files. */
export function recoveryWithoutDomain({plan, made}: Pick<Receipt, 'plan' | 'made'>): Recovery {
	const {name, uuid} = plan.domain;
	const gone = t`There is no domain ${name} (${uuid}) here any more.`;
	const next = 'Define it again under this UUID, or connect to the libvirt that has it (-c URI), then try again.';
	const refusal = refuse('not-found', gone, next);
	return {
		verdict: 'partly',
		summary: `The operation was interrupted. ${gone}`,
		findings: Object.keys(made ?? {}).map(file =>
			plan.verb === 'save'
				? t`${file} was made by it, and may hold all that is left of the domain: see virsh save-image-dumpxml ${file}. If it does, virsh restore ${file} resumes it.`
				: t`${file} was made by it. Remove it if nothing needs it.`,
		),
		choices: [leave],
		refusals: (['go-on', 'way-back'] as const).map(id => ({id, refusal})),
	};
}
