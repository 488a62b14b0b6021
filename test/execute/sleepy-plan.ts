/** A plan of two steps that leave a trace each, the first of which takes a while. */

import type {Plan} from '../../source/core/model/plan.ts';
import {basisOf} from '../../source/core/planning/basis.ts';
import {facts} from '../core/facts.ts';

export function planOf(folder: string, seconds: number): Plan {
	const step = (title: string, script: string) => ({
		title,
		argv: ['sh', '-c', `${script}; echo ${title} >>'${folder}/trace'`],
		success: 'exit' as const,
		changes: [],
		undo: null,
	});
	const {domain} = facts();
	return {
		verb: 'shutdown',
		domain: {uuid: domain.uuid, name: domain.name},
		tag: null,
		method: null,
		why: '',
		consistency: null,
		pause: '',
		steps: [step('one', `echo begun >'${folder}/begun'; sleep ${seconds}`), step('two', ':')],
		losses: [],
		warnings: [],
		wayBack: '',
		onFailure: 'stop',
		confirm: null,
		basis: basisOf(facts()),
		expect: [],
	};
}
