/** What a menu's row is. */
import type {Refusal} from '../../../core/model/refusal.ts';
import type {Remedy} from '../../../core/model/remedy.ts';
import type {Dialog} from '../../state/dialog.ts';
import type {Tone} from '../../terminal/theme.ts';

export type MenuRow = {
	readonly id: string;
	readonly label: string;
	/** One word beside it: chosen, not here. */
	readonly note: string;
	/** Shown below the menu while it is selected. */
	readonly explanation: readonly Explained[];
	/** Why it cannot be chosen; null where it can. */
	readonly refusal: Refusal | null;
	/** What choosing it makes of the dialog, before its next step. */
	readonly choose: (dialog: Dialog) => Partial<Dialog>;
};

export type Explained = {readonly label: string; readonly text: Remedy; readonly tone?: Tone};
