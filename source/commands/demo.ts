/** `virsnap demo`: a throw-away hypervisor, opened in the UI; everything is gone afterwards. */
import type {Run} from './catalogue.ts';
import {say} from './context.ts';
import {uiOrList} from './ui.ts';

export const demo: Run = async (context, given) => {
	say(context, 'Starting a private libvirt with real QEMU machines. Yours is not touched.');
	const lab = await context.adapters.startLab(line => say(context, `  ${line}`));
	try {
		return await uiOrList({...context, uri: lab.uri, receipts: lab.receipts}, given);
	} finally {
		await lab.stop();
		say(context, 'The demo is over: its machines, images and libvirt are gone.');
	}
};
