/** A host that the configuration marks as `readonly`: it is looked at, and nothing is changed there from here. */
import type {Hypervisor, NamedHost} from '../../core/model/hypervisor.ts';
import {type Refusal, refuse} from '../../core/model/refusal.ts';
import {RefusalError} from '../../core/words/foreseen-error.ts';
import {t} from '../../core/words/text.ts';
import type {Context} from '../context.ts';

/** Why nothing is changed on the host of the context; null where it may be. */
export function readonlyRefusal({hosts, uri}: Pick<Context, 'hosts' | 'uri'>): Refusal | null {
	const host = hosts.find(one => one.uri === uri);
	return host?.readonly ? refusalOf(host) : null;
}

const refusalOf = ({name}: NamedHost): Refusal =>
	refuse(
		'readonly-host',
		t`${name} is marked readonly: nothing is changed there from here.`,
		'See what would be done: virsnap plan. To change something there, take "readonly = true" out of its table in the configuration.',
	);

/** Answers every question, and carries nothing out: whatever asked for it hears why. */
export function onlyLooking(hypervisor: Hypervisor, host: NamedHost): Hypervisor {
	const refuses = () => Promise.reject(new RefusalError(refusalOf(host)));
	return {...hypervisor, prepare: async () => {}, carryOut: refuses, recover: refuses, cancel: refuses};
}
