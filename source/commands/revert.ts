/** `virsnap revert DOMAIN TAG` */
import type {Run} from './catalogue.ts';
import {change} from './change.ts';
import {revertRequest} from './intent.ts';

export const revert: Run = (context, given) => change(context, revertRequest(given), given);
