/** Snapshots that are open for reading, by the token of the screen that shows them. */
import type {Hypervisor, Served} from '../../core/model/hypervisor.ts';
import {exportsOf} from '../../core/snapshots/contents/exports.ts';
import {RefusalError} from '../../core/words/foreseen-error.ts';
import type {Action, Effect} from '../state/actions.ts';
import {type HostName, splitKey} from '../state/hosts/placed.ts';

export type InsideOpener = {
	open(wanted: Extract<Effect, {readonly type: 'open-snapshot'}>): void;
	close(token: number): void;
};

type Around = {readonly at: (host: HostName) => Hypervisor; readonly dispatch: (action: Action) => void};

/** @param words how an error is said */
export function insideOpener({at, dispatch}: Around, words: (error: unknown, host: HostName) => string): InsideOpener {
	const open = new Map<number, Served>();

	async function opened({domain, snapshot, token}: Parameters<InsideOpener['open']>[0]): Promise<void> {
		const {host, uuid} = splitKey(domain);
		const hypervisor = at(host);
		const facts = await hypervisor.facts(uuid);
		const found = exportsOf(facts, snapshot, null);
		if ('refusal' in found) throw new RefusalError(found.refusal);
		const served = await hypervisor.serve(found.exports);
		open.set(token, served);
		const disks = found.exports.map(({target, file}, index) => {
			return {target, file, socket: served.sockets[index]!.socket};
		});
		dispatch({type: 'opened', token, opened: {disks, warnings: found.warnings}});
		const failure = await served.ended;
		if (failure) throw failure;
	}

	return {
		open: wanted => {
			opened(wanted).catch((error: unknown) =>
				dispatch({type: 'not-open', token: wanted.token, reason: words(error, splitKey(wanted.domain).host)}),
			);
		},
		close: token => {
			void open.get(token)?.close();
			open.delete(token);
		},
	};
}
