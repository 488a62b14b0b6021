/** The one place where the UI touches the world. Answers come back as actions. */
import type {Hypervisor} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';
import {printable} from '../core/words/text.ts';
import type {Action, Effect} from './state/actions.ts';

/** Longer than the delay after which a held key begins to repeat, on the terminals and desktops we know (250–660 ms). */
const ARMING_MS = 700;

/** What ended longer ago is no news, but can still be looked at. */
const NEWS_MS = 24 * 60 * 60 * 1000;

type World = {
	readonly hypervisor: Hypervisor;
	readonly dispatch: (action: Action) => void;
	/** Text to the clipboard of the terminal; kept for when the program ends as well. */
	readonly copy: (text: string) => void;
	readonly suspend: () => void;
	readonly quit: () => void;
	/** ISO 8601. */
	readonly now: () => string;
};

export function performer({hypervisor, dispatch, copy, suspend, quit, now}: World): (effect: Effect) => void {
	const say = (tone: 'ok' | 'bad', text: string) => dispatch({type: 'notice', notice: {tone, text}});

	/** Reports as long as it goes on, then how it ended. */
	function operation(key: number, start: (onReceipt: (receipt: Receipt) => void) => Promise<Receipt>): void {
		start(receipt => dispatch({type: 'receipt', key, receipt})).then(
			receipt => dispatch({type: 'finished', key, receipt}),
			(error: unknown) => dispatch({type: 'work-failed', key, reason: words(error)}),
		);
	}

	async function lookBack(): Promise<void> {
		let receipts = await hypervisor.receipts();
		const open = receipts.some(({endedAt}) => endedAt === null);
		const unfinished = open ? await hypervisor.unfinished() : [];
		// One may have ended between the two questions.
		if (open) receipts = await hypervisor.receipts();
		const ended = receipts.filter(({endedAt}) => endedAt !== null);
		const past = ended.toSorted((a, b) => (a.endedAt! < b.endedAt! ? -1 : 1));
		const since = new Date(Date.parse(now()) - NEWS_MS).toISOString();
		dispatch({type: 'found', unfinished, past, news: (past.at(-1)?.endedAt ?? '') > since});
	}

	return effect => {
		switch (effect.type) {
			case 'refresh':
				hypervisor.refresh().catch((error: unknown) => say('bad', `Could not read again: ${words(error)}`));
				return;
			case 'read-facts':
				hypervisor.facts(effect.uuid, effect.directory, effect.file).then(
					facts => dispatch({type: 'facts', token: effect.token, facts}),
					(error: unknown) => dispatch({type: 'facts-failed', token: effect.token, reason: words(error)}),
				);
				return;
			case 'read-recovery':
				hypervisor.recovery(effect.id).then(
					recovery => dispatch({type: 'recovery', token: effect.token, recovery}),
					(error: unknown) => dispatch({type: 'facts-failed', token: effect.token, reason: words(error)}),
				);
				return;
			case 'arm':
				setTimeout(() => dispatch({type: 'armed', arming: effect.arming}), ARMING_MS).unref();
				return;
			case 'carry-out':
				operation(effect.key, onReceipt => hypervisor.carryOut(effect.plan, onReceipt));
				return;
			case 'follow':
				operation(effect.key, onReceipt => hypervisor.follow(effect.id, onReceipt));
				return;
			case 'recover': {
				const {key, id, choice} = effect;
				if (key !== null) operation(key, onReceipt => hypervisor.recover(id, choice, onReceipt));
				else
					hypervisor.recover(id, choice).then(
						receipt => dispatch({type: 'closed', receipt}),
						(error: unknown) => say('bad', `Not closed: ${words(error)}`),
					);
				return;
			}
			case 'cancel':
				hypervisor.cancel(effect.id).catch((error: unknown) => say('bad', `Could not be cancelled: ${words(error)}`));
				return;
			case 'look-back':
				lookBack().catch((error: unknown) => say('bad', `Receipts could not be read: ${words(error)}`));
				return;
			case 'read-log':
				dispatch({type: 'log', entries: hypervisor.commandLog()});
				return;
			case 'copy': {
				copy(effect.text);
				say('ok', `${effect.what} copied by OSC 52, and printed when you quit`);
				return;
			}
			case 'suspend':
				suspend();
				return;
			case 'quit':
				quit();
		}
	};
}

/** The reason, and what to do about it where the error says so. */
function words(error: unknown): string {
	if (!(error instanceof Error)) return printable(String(error));
	const remedy = 'remedy' in error && typeof error.remedy === 'string' ? error.remedy : '';
	return printable([error.message, remedy].filter(Boolean).join(' '));
}
