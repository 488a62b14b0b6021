/** The built program in a terminal. */
import {afterEach, expect, test} from 'vitest';
import {useLab as labWith} from '../helpers/lab.ts';
import {launch} from '../helpers/pty.ts';
import {launcher, programEnvironment} from './program.ts';

const story = labWith(['web-stopped']);
let terminal: ReturnType<typeof launch> | undefined;
afterEach(() => terminal?.stop());

test('the UI starts, shows the domains, and q gives the screen back', async () => {
	terminal = launch([launcher], {env: programEnvironment(story.lab) as Record<string, string>});
	await terminal.waitFor('web-stopped');
	expect(terminal.isAlternate()).toBe(true);
	terminal.write('q');
	expect((await terminal.exited).exitCode).toBe(0);
	await terminal.screen();
	expect(terminal.isAlternate()).toBe(false);
});
