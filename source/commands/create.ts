/** `virsnap create DOMAIN [TAG]` */
import type {Run} from './catalogue.ts';
import {change} from './change.ts';
import {createRequest} from './intent.ts';

export const create: Run = (context, given) => change(context, createRequest(given), given);
