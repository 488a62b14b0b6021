/** The one place where the UI touches the world. Answers come back as actions. */
import type {Hypervisor} from '../core/hypervisor.ts';
import type {Action, Effect} from './state.ts';

/** Longer than the delay after which a held key begins to repeat, on the terminals and desktops we know (250–660 ms). */
const ARMING_MS = 700;

export type World = {
	readonly hypervisor: Hypervisor;
	readonly dispatch: (action: Action) => void;
	/** Text to the clipboard of the terminal; kept for when the program ends as well. */
	readonly copy: (text: string) => void;
	readonly suspend: () => void;
	readonly quit: () => void;
};

export function performer({hypervisor, dispatch, copy, suspend, quit}: World): (effect: Effect) => void {
	return effect => {
		switch (effect.type) {
			case 'refresh':
				hypervisor.refresh().catch((error: unknown) => {
					dispatch({type: 'notice', notice: {tone: 'bad', text: `Could not read again: ${words(error)}`}});
				});
				return;
			case 'read-facts':
				hypervisor.facts(effect.uuid).then(
					facts => dispatch({type: 'facts', token: effect.token, facts}),
					(error: unknown) => dispatch({type: 'facts-failed', token: effect.token, reason: words(error)}),
				);
				return;
			case 'arm':
				setTimeout(() => dispatch({type: 'armed', arming: effect.arming}), ARMING_MS).unref();
				return;
			case 'carry-out':
				hypervisor
					.carryOut(effect.plan, receipt => dispatch({type: 'receipt', receipt}))
					.then(
						receipt => dispatch({type: 'finished', receipt}),
						(error: unknown) => dispatch({type: 'work-failed', reason: words(error)}),
					);
				return;
			case 'read-log':
				dispatch({type: 'log', entries: hypervisor.commandLog()});
				return;
			case 'copy': {
				copy(effect.text);
				const text = `${effect.what} sent to the clipboard by OSC 52, and printed when you quit`;
				dispatch({type: 'notice', notice: {tone: 'ok', text}});
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

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
