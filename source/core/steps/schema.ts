/** What a step does, read from a file: each kind checks its own. */
import {type GenericSchema, lazy, looseObject, pipe, rawCheck, string} from 'valibot';
import type {Does} from '../model/does.ts';
import {kinds} from './kinds.ts';

const withKind = looseObject({kind: string()});

/** Fails for a kind that is not known, and for members that a kind does not have. */
export const doesSchema: GenericSchema<unknown, Does> = lazy(input => {
	const kind = typeof input === 'object' && input !== null && 'kind' in input ? input.kind : null;
	if (typeof kind === 'string' && Object.hasOwn(kinds, kind))
		return kinds[kind as Does['kind']].schema as GenericSchema<unknown, Does>;
	return pipe(
		withKind,
		rawCheck(({addIssue}) => addIssue({message: `unknown kind of step: ${String(kind)}`})),
	) as unknown as GenericSchema<unknown, Does>;
});
