/** `virsnap delete DOMAIN TAG` */
import type {Run} from './catalogue.ts';
import {change} from './change.ts';
import {deleteRequest} from './intent.ts';

export const deleteSnapshot: Run = (context, given) => change(context, deleteRequest(given), given);
