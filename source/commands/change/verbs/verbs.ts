/** The commands that a plan can be made of. */

import type {PlannedCommand} from '../planned.ts';
import {clone} from './clone.ts';
import {create} from './create.ts';
import {deleteSnapshot} from './delete.ts';
import {drop} from './drop.ts';
import {reclaim} from './reclaim.ts';
import {restore} from './restore.ts';
import {revert} from './revert.ts';
import {save} from './save.ts';

export const verbs: readonly PlannedCommand[] = [create, revert, deleteSnapshot, save, restore, drop, clone, reclaim];
