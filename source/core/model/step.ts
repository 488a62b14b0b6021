/** One command of a plan: what it does, as typed data, and the words of a command line that follow from it. */
import type {Does} from './does.ts';

/** `+` comes into being, `~` is changed, `-` ceases to be. */
export type Change = {readonly sign: '+' | '~' | '-'; readonly what: string};

/** One command. The unit of reversion: it happened or it did not. */
export type Step = {
	/** Short, imperative, for the review screen: "Create snapshot before-upgrade in vda". */
	readonly title: string;
	readonly does: Does;
	/** What follows from `does`; kept beside it so that what was shown is what is run. */
	readonly argv: readonly string[];
	/** Given to the command on stdin (`virsh define /dev/stdin`). */
	readonly input?: string;
	/**
	 * What a success looks like. `exit`: status 0. `silent`: status 0 and nothing on stdout, for HMP commands that exit 0 on
	 * failure and print the error (field-proven: `savevm`, `loadvm`, `delvm`). `told`: status 0 and something on stdout, for commands
	 * that exit 0 where they did nothing (`cp --verbose --no-clobber`).
	 */
	readonly success: 'exit' | 'silent' | 'told';
	readonly changes: readonly Change[];
	/** The command that takes exactly this step back; null where there is none, or where the plan keeps what was done. */
	readonly undo: readonly string[] | null;
	/** Given to the undo command on stdin: the XML as it was before. */
	readonly undoInput?: string;
};
