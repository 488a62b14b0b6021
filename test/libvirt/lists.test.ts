import {describe, expect, test} from 'vitest';
import {hostOf} from '../../source/libvirt/capabilities.ts';
import {parseHeads, parseState, parseUuids} from '../../source/libvirt/virsh/domain-list.ts';
import {concerns, parseEvent} from '../../source/libvirt/virsh/events.ts';
import {progressOf} from '../../source/libvirt/virsh/job.ts';
import {parseVersions} from '../../source/libvirt/virsh/virsh-reader.ts';
import {fixture} from './fixture.ts';

describe('domain list', () => {
	test('names and states side by side', () => {
		const heads = parseHeads(fixture('list-names.txt'), fixture('list-table.txt'));
		expect(heads.length).toBeGreaterThan(12);
		expect(heads.map(({name, state}) => `${name}: ${state}`)).toEqual(
			expect.arrayContaining([
				'开发 环境 one: running',
				'saved-mail: saved',
				'odd "names": shut off',
				'paused-build: paused',
				'base-image: shut off',
			]),
		);
	});

	test('ids of those that are active', () => {
		const heads = parseHeads(fixture('list-names.txt'), fixture('list-table.txt'));
		const active = heads.filter(({state}) => state !== 'shut off' && state !== 'saved');
		expect(active.every(({id}) => Number.isInteger(id))).toBe(true);
		expect(heads.filter(({id}) => id !== null)).toEqual(active);
		expect(parseHeads('0e0e0e0e-0000-4000-8000-000000000001 7 up\n', ' -    7 up   shut off\n')[0]!.id).toBeNull();
	});

	test('a table that does not fit leaves the states open', () => {
		const names = fixture('list-names.txt');
		expect(parseHeads(names, ' 1   other   running\n').every(({state}) => state === 'no state')).toBe(true);
		const shuffled = fixture('list-table.txt').split('\n').reverse().join('\n');
		expect(parseHeads(names, shuffled).filter(({state}) => state !== 'no state').length).toBeLessThan(3);
	});

	test('UUIDs with or without other columns', () => {
		const uuid = 'db118be2-055e-420d-b1ac-d4fb33cdac0e';
		expect(parseUuids(`${uuid}\n`)).toEqual([uuid]);
		expect(parseUuids(` ${uuid} name ${uuid}  \n\n`)).toEqual([uuid]);
		expect(parseUuids('')).toEqual([]);
	});

	test('states', () => {
		expect(parseState('shut off\n', false)).toBe('shut off');
		expect(parseState('shut off\n\n', true)).toBe('saved');
		expect(parseState('running\n', true)).toBe('running');
		expect(parseState('in shutdown', false)).toBe('in shutdown');
		expect(parseState('dancing', false)).toBe('no state');
	});
});

describe('host', () => {
	const place = {uri: 'qemu:///system', elsewhere: null, system: true};

	test('libvirt 9.0 cannot revert to external snapshots', () => {
		const versions = parseVersions(fixture('version.txt'));
		expect(hostOf(place, versions, fixture('capabilities.xml'))).toEqual({
			...place,
			libvirt: '9.0.0',
			qemu: '7.2.22',
			externalSnapshots: false,
		});
	});

	test('a newer one says that it can', () => {
		const features = "<guest><features><disksnapshot default='on' toggle='no'/><externalSnapshot/></features></guest>";
		const versions = {libvirt: '11.3.0', qemu: '10.0.2'};
		expect(hostOf(place, versions, `<capabilities>${features}</capabilities>`).externalSnapshots).toBe(true);
	});

	test('the version of the daemon counts, not that of the client', () => {
		const version = 'Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 10.0.2\nRunning against daemon: 11.3.0\n';
		expect(parseVersions(version)).toEqual({libvirt: '11.3.0', qemu: '10.0.2'});
		expect(parseVersions('Using library: libvirt 9.0.0\n')).toEqual({libvirt: '9.0.0', qemu: ''});
	});
});

describe('events', () => {
	test('recorded ones are about their domain', () => {
		const events = fixture('events.txt')
			.split('\n')
			.map(parseEvent)
			.filter(event => event !== null);
		expect(events.length).toBeGreaterThan(3);
		expect(events.every(event => concerns(event, 'paused-build'))).toBe(true);
		expect(events.some(event => concerns(event, 'paused'))).toBe(false);
		expect(events[0]!.kind).toBe('lifecycle');
	});

	test('a name with quotes and colons is found whole', () => {
		const event = parseEvent(`2026-01-02 03:04:05.678+0000: event 'reboot' for domain 'a': b' c': x`)!;
		expect(concerns(event, `a': b' c`)).toBe(true);
		expect(concerns(event, 'b')).toBe(false);
	});

	test('noise is passed over', () => {
		expect(parseEvent('')).toBeNull();
		expect(parseEvent('events received: 3')).toBeNull();
		expect(parseEvent(`2026-01-02 03:04:05.678+0000: event 'rtc-change' for domain 'a': 7`)).toBeNull();
	});
});

describe('figures of a job', () => {
	// libvirt 9.0: a save of 256 MiB, half way.
	const memory = `Job type: 2
operation: 2
time_elapsed: 468
downtime: 300
data_total: 268967936
data_processed: 122563925
data_remaining: 145731584
memory_bps: 318154458
`;

	test('of memory go by what remains', () => {
		expect(progressOf(memory)).toEqual({doneBytes: 268967936 - 145731584, totalBytes: 268967936});
	});

	test('of a guest that uses little memory reach the end all the same, and those of a busy one do not go past it', () => {
		for (const processed of ['1048576', '999999999']) {
			const text = memory.replace('122563925', processed).replace('145731584', '0');
			expect(progressOf(text)).toEqual({doneBytes: 268967936, totalBytes: 268967936});
		}
	});

	test.each(['', 'Job type: 0\n'])('none in %j', text => {
		expect(progressOf(text)).toBeNull();
	});
});
