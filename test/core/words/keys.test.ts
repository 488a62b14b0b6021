import {expect, test} from 'vitest';
import {deleteHint, hint} from '../../../source/core/steps/hints.ts';
import {withKeys, withOptionNames, withoutKeys} from '../../../source/core/words/keys.ts';
import {domain, host, snapshot} from '../facts.ts';

const facts = {host, domain: domain({name: 'my web', snapshots: [snapshot("it's")]})};
const line = (command: string) => hint(facts.host, command, facts.domain);

test.each([
	[`Shut it down first: ${line('shutdown')}.`, 'Shut it down first (x).'],
	[
		`Start it first (${line('start')}), or drop the saved memory: ${line('managedsave-remove')}.`,
		'Start it first (s), or drop the saved memory (m).',
	],
	[`Delete it: ${deleteHint(facts.domain, "it's")}.`, 'Delete it (d).'],
	[`Wake it up: ${line('dompmwakeup')}.`, `Wake it up: ${line('dompmwakeup')}.`],
	['Shut it down first: virsh shutdown other.', 'Shut it down first: virsh shutdown other.'],
])('the UI shows %j as %j', (text, shown) => {
	expect(withKeys(text, facts)).toBe(shown);
});

test.each([
	["Drop libvirt's record alone: --metadata-only.", "Drop libvirt's record alone: “libvirt metadata only”."],
	['Choose another folder with --dir.', 'Choose another folder with “Folder for overlays”.'],
	['$ virsh list --all; a--dir; --directory', '$ virsh list --all; a--dir; --directory'],
])('in the UI the option in %j is its row: %j', (text, shown) => {
	expect(withOptionNames(text)).toBe(shown);
});

test.each([
	['Delete a and b first (d).', 'Delete a and b first.'],
	['Delete the newer ones first (d), or: --metadata-only.', 'Delete the newer ones first, or: --metadata-only.'],
	['There is a snapshot copy (d) already.', 'There is a snapshot copy (d) already.'],
])('the command line shows %j as %j', (text, shown) => {
	expect(withoutKeys(text)).toBe(shown);
});
