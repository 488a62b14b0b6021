import {expect, test} from 'vitest';
import {findBinding, footerBindings, keysOf} from '../../source/ui/keys/bindings.ts';
import {helpLines} from '../../source/ui/keys/help.ts';
import {keymap} from '../../source/ui/keys/keymap.ts';
import {keymapMarkdown, SCOPE_ORDER} from '../../source/ui/keys/words.ts';
import {actionKeys} from '../../source/ui/state/remedy-text.ts';
import {after, begin, press, pressed} from './play.ts';
import {keyOf} from './typist.ts';

test('no key means two things in one scope', () => {
	for (const scope of SCOPE_ORDER) {
		const keys = keymap.filter(binding => binding.scope === scope).flatMap(({keys}) => keys);
		expect(new Set(keys).size, scope).toBe(keys.length);
	}
});

test('the help names every key in full, apart from what it does', () => {
	const names = helpLines(begin(), 80).flatMap(([keys, does]) => (does === undefined ? [] : [keys!.text]));
	expect(names.filter(name => !name.endsWith(' '))).toEqual([]);
});

test('a name is of one thing, so that a key can be pressed by it', () => {
	for (const scope of SCOPE_ORDER) {
		const names = keymap.filter(binding => binding.scope === scope).map(({name}) => name);
		expect(new Set(names).size, scope).toBe(names.length);
	}
});

test('a name leads to one key on every screen that has it, so that a story can be told by names', () => {
	const names = [...new Set(keymap.map(({name}) => name))];
	const apart = names.filter(name => keymap.some(row => row.name === name && !row.keys.includes(keyOf(name))));
	// What is quit by `q` in the lists is quit by Ctrl-C everywhere.
	expect(apart).toEqual(['quit']);
});

test.each(
	'j k down up pageup pagedown g G tab h l left right enter esc / t b L R c r d e m n s x X p space ? ctrl-z q ctrl-c'.split(
		' ',
	),
)('%s means something in the lists, as the interface promises', key => {
	expect(findBinding(begin(), key)).not.toBeNull();
});

test('y copies the row under the cursor, the commands of the log that changed something, and a plan', () => {
	const copied = (keys: string, state = begin()) =>
		press(state, keys).effects.flatMap(effect => (effect.type === 'copy' ? [effect.text] : []));
	expect(copied('y')).toEqual(['web']);
	expect(copied('l k y')).toEqual(['before-upgrade']);
	expect(copied('j j l y')).toEqual(["$'evil\\x1b[31m\\x0aname'"]);
	expect(copied('p y')).toEqual([expect.stringMatching(/^virsh .*suspend .*\n$/)]);
	const entry = {host: null, at: '2026-11-23T14:30:00Z', milliseconds: 12, exitCode: 0, error: ''};
	const entries = [
		{...entry, argv: ['virsh', 'list'], changes: false},
		{...entry, argv: ['rm', '-f', '--', 'a b'], changes: true},
	];
	expect(copied('y', after(begin(), {type: 'log', entries}))).toEqual(["rm -f -- 'a b'\n"]);
	expect(copied('y', after(begin(), {type: 'log', entries: []}))).toEqual([]);
});

test.each(['', 'b', '?', 'enter', 'L', 'd', 'l d', 'G k c', 'G k c enter enter', 'm', '/'])(
	'after %j every key of the table acts or says something',
	keys => {
		const state = pressed(begin(), keys);
		for (const key of new Set(keysOf(state).flatMap(binding => binding.keys)))
			expect(findBinding(state, key) !== null || after(state, {type: 'key', key}) !== state, key).toBe(true);
	},
);

test.each(Object.entries(actionKeys))('a remedy that names the action %s shows its key, %s', (command, key) => {
	expect(findBinding(begin(), key)?.name).toBe(command);
});

test('the footer offers only what works now', () => {
	const here = footerBindings(pressed(begin(), 'j j j j')).map(({name}) => name);
	expect(here).toContain('create');
	expect(here).not.toContain('revert');
});

test('the help and the documentation hold every row of the table', () => {
	const help = helpLines(begin(), 120)
		.map(line => line.map(({text}) => text).join(''))
		.join('\n');
	const markdown = keymapMarkdown();
	const here = new Set(keysOf(begin()).map(({label}) => label));
	for (const {label} of keymap) {
		expect(help.includes(label), label).toBe(here.has(label));
		expect(markdown).toContain(label);
	}
});
