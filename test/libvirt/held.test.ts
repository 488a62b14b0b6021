import {expect, test} from 'vitest';
import {parseHeld} from '../../source/libvirt/held.ts';

// Recorded from QEMU 7.2 (no `active`) and 10.0.
test.each([
	[
		'7.2, paused',
		'{"return":{"status":"paused","singlestep":false,"running":false}}',
		'{"return":[{"ro":false}]}',
		null,
	],
	[
		'7.2, written',
		'{"return":{"status":"postmigrate","running":false}}',
		'{"return":[{"ro":false}]}',
		'memory written',
	],
	['10.0, paused', '{"return":{"status":"paused","running":false}}', '{"return":[{"active":true}]}', null],
	[
		'10.0, loaded',
		'{"return":{"status":"paused","running":false}}',
		'{"return":[{"active":false}]}',
		'images inactive',
	],
	['10.0, written', '{"return":{"status":"postmigrate"}}', '{"return":[{"active":false}]}', 'memory written'],
	['another answer', '{}', '{"return":{}}', null],
])('%s', (_name, status, nodes, held) => {
	expect(parseHeld(status, nodes)).toBe(held);
});
