/** The same asked of all hosts at once; one that does not answer costs the others nothing. */
import type {Hypervisor, NamedHost} from '../../core/model/hypervisor.ts';
import {ForeseenError, HostError, remedyOf} from '../../core/words/foreseen-error.ts';
import {asCommands} from '../../core/words/remedy.ts';
import {shellCommand, t} from '../../core/words/text.ts';
import {withHypervisor} from '../connection.ts';
import {type Context, NoConnection, say} from '../context.ts';
import {printableLines} from '../line/printable-lines.ts';

export type Unreached = {
	readonly name: string;
	readonly uri: string | null;
	readonly reason: string;
	readonly remedy: string | null;
	/** `asking`: ssh would have to ask a person; `refused`: it can be reached, and a person has to act first. */
	readonly state: 'lost' | 'asking' | 'refused';
};

/** In the order given. */
export type FromHosts<Value> = readonly (
	| {readonly host: NamedHost; readonly value: Value}
	| {readonly unreached: Unreached}
)[];

export async function askHosts<Value>(
	context: Context,
	ask: (hypervisor: Hypervisor, host: NamedHost) => Promise<Value>,
): Promise<FromHosts<Value>> {
	return Promise.all(
		context.hosts.map(async host => {
			try {
				const value = await withHypervisor({...context, uri: host.uri, host: host.name}, hypervisor =>
					ask(hypervisor, host),
				);
				return {host, value};
			} catch (error) {
				if (error instanceof ForeseenError) return {unreached: unreachedBy(error, host)};
				throw error;
			}
		}),
	);
}

const nothingSaid = {asks: false, refuses: false};

export function unreachedBy(error: ForeseenError, {name, uri}: NamedHost): Unreached {
	const remedy = remedyOf(error);
	const told = remedy === null ? null : asCommands(remedy, {host: name, ssh: null});
	const {asks, refuses} = error instanceof HostError || error instanceof NoConnection ? error : nothingSaid;
	return {
		name,
		uri,
		reason: error.message.trim(),
		remedy: asks ? orAlone(told, uri) : told,
		state: asks ? 'asking' : refuses ? 'refused' : 'lost',
	};
}

/** Of several that are asked at once none can have the terminal. */
export function orAlone(remedy: string | null, uri: string | null): string {
	const alone = `Or give this host alone, so that ssh can ask: ${shellCommand(['virsnap', ...(uri === null ? [] : ['-c', uri])])}`;
	return remedy === null ? alone : `${remedy}\n${alone}`;
}

export const answersOf = <Value>(asked: FromHosts<Value>) => asked.flatMap(one => ('value' in one ? [one] : []));

export const unreachedOf = (asked: FromHosts<unknown>): readonly Unreached[] =>
	asked.flatMap(one => ('unreached' in one ? [one.unreached] : []));

/** Each with its reason, and what to do. */
export function sayUnreached(context: Context, asked: FromHosts<unknown>): void {
	for (const {name, reason, remedy} of unreachedOf(asked)) {
		say(context, t`virsnap: no connection to ${name}: ${printableLines(reason)}`);
		if (remedy !== null) say(context, remedy);
	}
}
