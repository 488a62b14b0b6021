import {expect, test} from 'vitest';
import {parseBlocked, parseHeld} from '../../source/libvirt/from-monitor.ts';

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

// Recorded from QEMU 7.2.
test.each([
	['nothing', '{"return":{},"id":"libvirt-411"}', []],
	[
		'a peer of shared memory',
		'{"return":{"blocked-reasons":["Migration is disabled when using feature \'peer mode\' in device \'ivshmem\'"]}}',
		["Migration is disabled when using feature 'peer mode' in device 'ivshmem'"],
	],
	['an error', '{"error":{"class":"CommandNotFound","desc":"no"}}', null],
])('what blocks saving memory: %s', (_, answer, reasons) => {
	expect(parseBlocked(answer)).toEqual(reasons);
});
