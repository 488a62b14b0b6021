import {expect, test} from 'vitest';
import {keyOf} from '../../source/core/keys.ts';
import {helpLines} from '../../source/ui/content/help.ts';
import {findBinding, footerBindings} from '../../source/ui/key-bindings.ts';
import {keymapMarkdown, SCOPE_ORDER} from '../../source/ui/key-words.ts';
import {keymap} from '../../source/ui/keymap.ts';
import {begin, pressed} from './play.ts';

test('no key means two things in one scope', () => {
	for (const scope of SCOPE_ORDER) {
		const keys = keymap.filter(binding => binding.scope === scope).flatMap(({keys}) => keys);
		expect(new Set(keys).size, scope).toBe(keys.length);
	}
});

test.each(
	'j k down up pageup pagedown g G tab h l left right enter esc / t b L R c r d m n s x X p space ? ctrl-z q ctrl-c'.split(
		' ',
	),
)('%s means something in the lists, as the interface promises', key => {
	expect(findBinding(begin(), key)).not.toBeNull();
});

test('y is bound where there is a plan', () => {
	expect(keymap.some(({scope, keys, command}) => scope === 'review' && keys.includes('y') && command === 'copy')).toBe(
		true,
	);
});

test.each(Object.entries(keyOf))('the remedy %s has the key %s', (command, key) => {
	const commands: Readonly<Record<string, string>> = {resume: 'pause-resume', 'managedsave-remove': 'memory'};
	expect(findBinding(begin(), key)?.command).toBe(commands[command] ?? command);
});

test('the footer offers only what works now', () => {
	const here = footerBindings(pressed(begin(), 'j j j j')).map(({command}) => command);
	expect(here).toContain('create');
	expect(here).not.toContain('revert');
});

test('the help and the documentation hold every row of the table', () => {
	const help = helpLines(begin(), 120)
		.map(line => line.map(({text}) => text).join(''))
		.join('\n');
	const markdown = keymapMarkdown();
	for (const {label} of keymap) {
		expect(help).toContain(label);
		expect(markdown).toContain(label);
	}
});
