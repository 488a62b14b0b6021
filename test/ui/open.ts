/** The whole UI on a fake terminal and a fake hypervisor. */
import process from 'node:process';
import {startUi} from '../../source/ui/run.tsx';
import {fakeTerminal, type Size} from '../helpers/screen.tsx';
import {fakeHypervisor} from './fake-hypervisor.ts';

// Frames show local times.
process.env.TZ = 'UTC';

export function open(
	size: Size = {columns: 80, rows: 24},
	env: Readonly<Record<string, string>> = {LANG: 'C.UTF-8'},
	fake = fakeHypervisor(),
	stop: () => void = () => {},
) {
	const terminal = fakeTerminal(size);
	const {stdin, stdout} = terminal;
	const ui = startUi({
		hypervisor: fake.hypervisor,
		stdin,
		stdout,
		env,
		stop,
		now: () => '2026-11-23T14:30:12Z',
		maxFps: 1000,
	});
	// A test that looks for the rejection gets it all the same.
	ui.exited.catch(() => {});
	return {...terminal, fake, ui};
}

export type Opened = ReturnType<typeof open>;
