/** `virsnap save`, `restore` and `drop`: memory alone. */
import type {Run} from './catalogue.ts';
import {change} from './change.ts';
import {dropRequest, restoreRequest, saveRequest} from './intent.ts';

export const save: Run = (context, given) => change(context, saveRequest(given), given);
export const restore: Run = (context, given) => change(context, restoreRequest(given), given);
export const drop: Run = (context, given) => change(context, dropRequest(given), given);
