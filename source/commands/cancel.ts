/** `virsnap cancel ID` */
import type {Run} from './catalogue.ts';
import {withHypervisor} from './connection.ts';
import {Exit, say} from './context.ts';

export const cancel: Run = (context, {words: [id = '']}) =>
	withHypervisor(context, async hypervisor => {
		await hypervisor.cancel(id);
		say(context, `It stops as soon as it can. How it ends: virsnap log ${id}`);
		return Exit.ok;
	});
