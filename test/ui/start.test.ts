import {expect, test} from 'vitest';
import {startUi} from '../../source/ui/run.tsx';
import {fakeTerminal} from '../helpers/screen.tsx';
import {fakeHypervisor} from './fake-hypervisor.ts';

test('the first frame is written before anything is asked', async () => {
	const {hypervisor} = fakeHypervisor();
	const {stdin, stdout} = fakeTerminal({columns: 80, rows: 24});
	const happened: string[] = [];
	const write = stdout.write.bind(stdout);
	stdout.write = (chunk: unknown, ...more: never[]) => {
		if (String(chunk).includes('Domains')) happened.push('frame');
		return write(chunk as string, ...more);
	};
	const told: typeof hypervisor = {
		...hypervisor,
		subscribe(listener) {
			happened.push('subscribe');
			return hypervisor.subscribe(listener);
		},
		async receipts() {
			happened.push('receipts');
			return [];
		},
	};
	const ui = startUi({
		hosts: [{name: null, uri: null, hypervisor: told}],
		stdin,
		stdout,
		editText: async text => text,
	});
	ui.instance.unmount();
	await ui.exited;
	expect(happened.slice(0, 3)).toEqual(['frame', 'subscribe', 'receipts']);
});
