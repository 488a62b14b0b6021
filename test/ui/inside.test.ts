/** A snapshot is opened for reading, shown, copied, and closed when its screen is left. */
import {afterEach, expect, test} from 'vitest';
import type {Served} from '../../source/core/model/hypervisor.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {open} from './open.ts';

let ui: ReturnType<typeof open>;
afterEach(() => ui.close());

/** Servers that begin when `begin` is called, and the count of those that were closed. */
function servers() {
	const begun = Promise.withResolvers<void>();
	const ended = Promise.withResolvers<Error | null>();
	let closed = 0;
	const serve = async (exports: readonly {target: string}[]): Promise<Served> => {
		await begun.promise;
		return {
			sockets: exports.map(({target}) => ({target, socket: `/tmp/virsnap-open-Ab12Cd/${target}.sock`})),
			ended: ended.promise,
			async close() {
				closed++;
			},
		};
	};
	return {serve, begin: begun.resolve, fail: ended.resolve, closed: () => closed};
}

async function onSnapshot({serve}: ReturnType<typeof servers>) {
	ui = open(undefined, undefined, fakeHypervisor(connected, {serve}));
	await ui.expects('web');
	ui.press('other-pane', 'inside');
	await ui.expects('Opening its disks for reading.');
}

test('where its disks are, and how to get at files, until the screen is left', async () => {
	const all = servers();
	await onSnapshot(all);
	all.begin();
	await ui.expects('guestfish');
	await ui.frame('inside');
	ui.press('copy');
	await ui.expects('copied');
	expect(all.closed()).toBe(0);
	ui.key('esc');
	await ui.expects('Domains');
	expect(all.closed()).toBe(1);
});

test('left before it was open, it is closed as soon as it is', async () => {
	const all = servers();
	await onSnapshot(all);
	ui.key('esc');
	await ui.expects('Domains');
	all.begin();
	await expect.poll(() => all.closed()).toBe(1);
});

test('what ends it by itself is said', async () => {
	const all = servers();
	await onSnapshot(all);
	all.begin();
	await ui.expects('guestfish');
	all.fail(new Error('Failed to blk_new_open: gone'));
	await ui.expects('Failed to blk_new_open: gone');
});
