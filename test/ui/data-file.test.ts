import {afterEach, expect, test} from 'vitest';
import {chained, domain, image} from '../facts/domain.ts';
import {connected, fakeHypervisor} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

let ui: Opened | undefined;
afterEach(async () => {
	await ui?.close();
	ui = undefined;
});

test('an image whose data is in another file names that file', async () => {
	const apart = domain({disks: [chained('vda', {...image('/images/vda.qcow2'), dataFile: '/images/vda.bytes'})]});
	const view = {...connected, inventory: {...connected.inventory!, domains: [apart]}};
	ui = open({columns: 120, rows: 30}, undefined, fakeHypervisor(view));
	expect(await ui.expects('Disks')).toContain('qcow2, 1 GiB of 10 GiB, data in /images/vda.bytes');
	ui.press('chains');
	expect(await ui.expects('you are here')).toContain('data in /images/vda.bytes, whose size is not in this');
});
