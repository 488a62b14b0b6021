/** `virsnap clone DOMAIN NEW` */
import type {Run} from './catalogue.ts';
import {change} from './change.ts';
import {cloneRequest} from './intent.ts';

export const clone: Run = (context, given) => change(context, cloneRequest(given), given);
