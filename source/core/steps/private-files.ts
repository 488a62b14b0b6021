/** Keeping new overlays to the user that QEMU runs as. They are empty still, since nothing runs on them. */
import {type Facts, isRemote} from '../model/domain.ts';
import type {Step} from '../model/plan.ts';
import {t} from '../words/text.ts';

/** A libvirt of one's own makes files that are one's own. */
export function mayChangeModes({host, root}: Pick<Facts, 'host' | 'root'>): boolean {
	return !isRemote(host.uri) && (root || host.uri?.includes('/session') === true);
}

/** `chmod 600`. */
export function privateStep(files: readonly string[]): Step {
	return {
		title: `Let no other user of the host read the new overlay${files.length === 1 ? '' : 's'}`,
		argv: ['chmod', '600', '--', ...files],
		success: 'exit',
		changes: files.map(file => ({sign: '~', what: t`${file}: mode 0600`})),
		undo: null,
	};
}
