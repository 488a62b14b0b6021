import {describe, expect, test} from 'vitest';
import {byDelete, byVirsh, byVirsnap} from '../../../source/core/steps/hints.ts';
import {asCommands, option, remedy} from '../../../source/core/words/remedy.ts';
import {asKeys} from '../../../source/ui/state/remedy-text.ts';
import {domain} from '../../facts/domain.ts';
import {host} from '../../facts/facts.ts';
import {said} from '../../helpers/saying.ts';

const local = {...host, uri: null};
const web = domain({name: 'my web'});
const {uuid} = web;

test.each([
	[
		remedy`Shut it down first ${byVirsh(local, 'shutdown', web)}.`,
		'Shut it down first (x).',
		"Shut it down first (virsh shutdown 'my web').",
	],
	[
		remedy`Delete a and b first ${byDelete(web, 'a', "it's")}.`,
		'Delete a and b first (d).',
		"Delete a and b first (virsnap delete 'my web' a && virsnap delete 'my web' 'it'\\''s').",
	],
	[remedy`Delete it ${byDelete(web, '--force')}.`, 'Delete it (d).', "Delete it (virsnap delete -- 'my web' --force)."],
	[
		remedy`Unprotect it ${byVirsnap(['edit', 'web', '-x'], 'protect', ['--unprotect'])}.`,
		'Unprotect it (P).',
		'Unprotect it (virsnap edit --unprotect -- web -x).',
	],
	[remedy`Delete them one by one ${byDelete(web)}.`, 'Delete them one by one (d).', 'Delete them one by one.'],
	[
		remedy`Wake it up ${byVirsh(local, 'dompmwakeup', web)}.`,
		"Wake it up (virsh dompmwakeup 'my web').",
		"Wake it up (virsh dompmwakeup 'my web').",
	],
	[
		remedy`Finish it or roll it back ${byVirsnap(['recover', '1'], 'recover')}.`,
		'Finish it or roll it back (u).',
		'Finish it or roll it back (virsnap recover 1).',
	],
	[remedy`Omit ${option('--dir')}.`, 'Omit “Folder for overlays”.', 'Omit --dir.'],
	[
		'A plain text, as in old receipts: --dir (d).',
		'A plain text, as in old receipts: --dir (d).',
		'A plain text, as in old receipts: --dir (d).',
	],
])('%j is %j in the UI and %j on the command line', (text, keys, commands) => {
	expect(asKeys(text, {host: null, uuid})).toBe(keys);
	expect(said(text)).toBe(commands);
	// As a receipt keeps it.
	expect(said(JSON.parse(JSON.stringify(text)))).toBe(commands);
});

test('what is about another domain has no key here', () => {
	const text = remedy`Shut it down first ${byVirsh(local, 'shutdown', web)}.`;
	expect(asKeys(text, {host: null, uuid: 'another'})).toBe(said(text));
});

describe('with several hosts', () => {
	test.each([
		[byVirsnap(['delete', 'web', 'a'], 'delete'), '(virsnap delete h1/web a)'],
		[byDelete(web, 'a', 'b'), "(virsnap delete 'h1/my web' a && virsnap delete 'h1/my web' b)"],
		[byVirsnap(['revert', '-web', 'a']), '(virsnap revert h1/-web a)'],
		[byVirsnap(['revert', 'web', '-a'], null, ['--yes']), '(virsnap revert --yes -- h1/web -a)'],
		[byVirsnap(['restore', '/var/web.save']), '(virsnap restore h1//var/web.save)'],
		[byVirsnap(['recover', '2026-1']), '(virsnap recover h1/2026-1)'],
		[byVirsnap(['list']), '(virsnap list)'],
	])('%j is %s', (action, words) => {
		expect(asCommands(remedy`${action}`, {host: 'h1', ssh: null})).toBe(words);
	});

	test('what another program does is done on the machine of the host', () => {
		const start = remedy`${byVirsh(host, 'start', domain({name: 'web'}))}`;
		const ssh = ['ssh', '-l', 'root', '--', 'h1'];
		expect(asCommands(start, {host: 'h1', ssh})).toBe("(ssh -l root -- h1 'virsh -c qemu:///session start web')");
		expect(asKeys(start, {host: 'h1', uuid: 'another'})).toBe('(on h1: virsh -c qemu:///session start web)');
	});

	test('a key needs no host', () => {
		expect(asKeys(remedy`${byDelete(web, 'a')}`, {host: 'h1', uuid})).toBe('(d)');
	});
});

test('a name cannot look like an action, nor steer the terminal', () => {
	const text = remedy`Shut ${'a\u001b[2J (x)'} down ${remedy`first`}.`;
	expect(text).toBe('Shut a␛[2J (x) down first.');
});

test('remedies nest', () => {
	const first = remedy`Free some space (${option('--dir')}).`;
	const both = remedy`${first} Then finish it ${byVirsnap(['recover', '1'], 'recover')}.`;
	expect(said(both)).toBe('Free some space (--dir). Then finish it (virsnap recover 1).');
});
