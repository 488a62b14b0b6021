/** The commands that a plan can be made of. */

import type {PlannedCommand} from '../planned.ts';
import {cloneCommand} from './clone.ts';
import {createCommand} from './create.ts';
import {deleteCommand} from './delete.ts';
import {dropCommand} from './drop.ts';
import {editCommand} from './edit.ts';
import {reclaimCommand} from './reclaim.ts';
import {restoreCommand} from './restore.ts';
import {revertCommand} from './revert.ts';
import {saveCommand} from './save.ts';

export const verbs: readonly PlannedCommand[] = [
	createCommand,
	revertCommand,
	deleteCommand,
	editCommand,
	saveCommand,
	restoreCommand,
	dropCommand,
	cloneCommand,
	reclaimCommand,
];
