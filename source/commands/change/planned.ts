/** A command that changes something by a plan: it says what is requested; planning, confirming and carrying out are the same for all. */
import {type Command, command, type Given, type Options} from '../command.ts';
import type {Refused, Request} from './request.ts';

/** What each of them takes, beside its own options. */
export const execution = {
	yes: {help: 'do not ask for confirmation'},
	json: {help: 'print the receipt, or the refusal, as JSON'},
} as const;

export type PlannedCommand = Command & {
	/** From words and options to a planner's intent. */
	readonly request: (given: Given) => Request | Refused;
};

type Parts<Known extends Options> = Omit<ReturnType<typeof command<Known>>, 'run'> & {
	readonly request: (given: Given<Known>) => Request | Refused;
};

export function plannedCommand<const Known extends Options>(parts: Parts<Known>): PlannedCommand {
	const {request, ...rest} = parts;
	const full = command<Options>({
		...rest,
		options: {...parts.options, ...execution},
		async run(context, given) {
			const wanted = request(given as Given<Known>);
			const {change} = await import('./change.ts');
			return change(context, wanted, given.options);
		},
	});
	return {...full, request: request as PlannedCommand['request']};
}
