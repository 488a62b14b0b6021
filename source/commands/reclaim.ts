/** `virsnap reclaim DOMAIN FILE` */
import type {Run} from './catalogue.ts';
import {change} from './change.ts';
import {reclaimRequest} from './intent.ts';

export const reclaim: Run = (context, given) => change(context, reclaimRequest(given), given);
