/** The whole UI on a fake terminal and a fake hypervisor. */
import {startUi} from '../../source/ui/run.tsx';
import {fakeTerminal, type Size} from '../helpers/screen.tsx';
import {fakeHypervisor} from './fake-hypervisor.ts';

export function open(
	size: Size = {columns: 80, rows: 24},
	env: Readonly<Record<string, string>> = {LANG: 'C.UTF-8'},
	fake = fakeHypervisor(),
) {
	const terminal = fakeTerminal(size);
	const ui = startUi({
		hypervisor: fake.hypervisor,
		stdin: terminal.stdin,
		stdout: terminal.stdout,
		env,
		stop() {},
		maxFps: 1000,
	});
	return {...terminal, fake, ui};
}
