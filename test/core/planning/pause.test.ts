import {expect, test} from 'vitest';
import {makePlan} from '../../../source/core/make-plan.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import type {Intent} from '../../../source/core/model/intent.ts';
import {disk, GiB} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {snapshot} from '../../facts/snapshot.ts';

const create = (method: Extract<Intent, {verb: 'create'}>['method']) => ({verb: 'create', tag: 'x', method}) as const;
const MiB = 1024 ** 2;
const unmanaged = snapshot('s', {libvirt: false, health: 'unmanaged', state: 'running', vmSizeBytes: 900 * MiB});

test.each<[string, Partial<Domain>, Intent, string]>([
	['shut off', {}, create('libvirt-internal'), 'none: it is shut off'],
	[
		'64 MiB',
		{state: 'running', memoryBytes: 64 * MiB},
		create('libvirt-internal'),
		'about 1 s: up to 64 MiB of memory at 200 MiB/s',
	],
	[
		'8 GiB',
		{state: 'running', memoryBytes: 8 * GiB},
		create('monitor'),
		'about 41 s: up to 8 GiB of memory at 200 MiB/s',
	],
	[
		'64 GiB',
		{state: 'running', memoryBytes: 64 * GiB},
		create('monitor'),
		'about 5 min: up to 64 GiB of memory at 200 MiB/s',
	],
	['paused', {state: 'paused'}, create('libvirt-internal'), 'none: it is paused'],
	['disks only', {state: 'running', memoryBytes: 64 * GiB}, create('external-live'), 'none: no memory is written'],
	[
		'saved',
		{state: 'running', memoryBytes: 2 * GiB},
		{verb: 'save'},
		'about 10 s: up to 2 GiB of memory at 200 MiB/s; then off until it is restored',
	],
	['saved while paused', {state: 'paused'}, {verb: 'save'}, 'off until it is restored'],
	[
		'loaded again',
		{state: 'running', disks: [disk('vda')], snapshots: [unmanaged]},
		{verb: 'revert', tag: 's'},
		'about 5 s: 900 MiB of memory are loaded at 200 MiB/s',
	],
])('%s', (_, like, intent, pause) => {
	const outcome = makePlan(facts({domain: like}), intent);
	expect('plan' in outcome ? outcome.plan.pause : outcome.refusal).toBe(pause);
});
