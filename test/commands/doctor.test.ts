import {describe, expect, test} from 'vitest';
import {checksOf} from '../../source/commands/doctor/checks.ts';
import {checksText} from '../../source/commands/doctor/doctor.ts';
import type {DoctorFacts} from '../../source/commands/doctor/facts.ts';
import {host} from '../facts/facts.ts';
import {run} from './fake.ts';

const image = {file: '/images/web.qcow2', domain: 'web', writable: true, unreadable: null};
const facts: DoctorFacts = {
	virsh: '11.3.0',
	qemuImg: '10.0.0',
	qemuSystem: '10.0.0',
	libvirtd: '11.3.0',
	uri: 'qemu:///system',
	host: {...host, externalSnapshots: true},
	domains: 1,
	reason: '',
	kvm: 'open',
	images: [image],
	problems: [],
	user: 'anna',
	groups: ['anna', 'libvirt'],
	qemuUser: 'libvirt-qemu',
	oddReceipts: [],
	configuration: {file: null, mistakes: [], unknown: []},
	system: 'debian',
};

/** The check of this name, given what differs from a host that has everything. */
function check(name: string, different: Partial<DoctorFacts>) {
	return checksOf({...facts, ...different}).find(candidate => candidate.name === name);
}

describe('doctor', () => {
	test('finds nothing to mend where all is well', () => {
		expect(checksOf(facts).filter(({status}) => status !== 'ok')).toEqual([]);
	});

	test('does not tell root to use sudo', () => {
		const lacking = {
			user: 'root',
			virsh: null,
			libvirtd: null,
			kvm: 'missing',
			images: [{...image, writable: false}],
		} as const;
		const remedies = checksOf({...facts, ...lacking}).map(({remedy}) => remedy ?? '');
		expect(remedies.join()).toContain('apt install libvirt-clients');
		expect(remedies.join()).not.toContain('sudo');
	});

	test('a program that is there and cannot be started is not to be installed', () => {
		expect(check('virsh', {virsh: {failure: 'spawn virsh EMFILE'}})).toMatchObject({
			status: 'missing',
			found: 'cannot be started: spawn virsh EMFILE',
			remedy: expect.stringContaining('ulimit'),
		});
		expect(check('qemu-img', {qemuImg: {failure: 'Command failed: qemu-img --version'}})?.remedy).toBe(
			'Find out why: qemu-img --version',
		);
	});

	test('tells what nobody understands in the configuration', () => {
		const file = '/root/.config/virsnap/config.toml';
		expect(check('configuration', {})).toBeUndefined();
		expect(check('configuration', {configuration: {file, mistakes: [], unknown: []}})).toMatchObject({status: 'ok'});
		const unknown = [`${file}:1:1: columns is a list of any of these: age, own, since`];
		expect(check('configuration', {configuration: {file, mistakes: [], unknown}})).toMatchObject({
			status: 'note',
			found: unknown[0],
			remedy: `Correct it: ${file}`,
		});
	});

	test('tells what is wrong with a domain', () => {
		const problems = [{domain: 'web', problem: '/images/web.qcow2 (vda) is used as raw.'}];
		expect(check('domain', {problems})).toMatchObject({
			status: 'note',
			found: 'web: /images/web.qcow2 (vda) is used as raw.',
		});
	});

	test('says where virsh asks, and why', () => {
		const throughVirsh = 'version 2 of program 0x20008086 is not known';
		expect(check('reading', {host: {...host, throughVirsh}})).toMatchObject({
			status: 'note',
			found: `through virsh, which is slower: ${throughVirsh}`,
		});
		expect(check('reading', {})?.status).toBe('ok');
	});

	test.each([
		['virsh', {virsh: null}, 'sudo apt install libvirt-clients'],
		['virsh', {virsh: null, system: 'fedora'}, 'sudo dnf install libvirt-client'],
		['qemu-img', {qemuImg: null, system: 'ubuntu debian'}, 'sudo apt install qemu-utils'],
		['qemu-img', {qemuImg: null, system: 'plan9'}, 'Install the package that holds qemu-img'],
		[
			'libvirt',
			{host: null, reason: "Failed to connect socket to '/run/libvirt-sock': No such file or directory"},
			/systemctl start libvirtd/,
		],
		[
			'libvirt',
			{host: null, reason: "Failed to connect socket to '/run/libvirt-sock': Permission denied"},
			/usermod -aG libvirt/,
		],
		['libvirt group', {groups: ['anna']}, /usermod -aG libvirt/],
		['/dev/kvm', {kvm: 'missing'}, /modprobe kvm/],
		['/dev/kvm', {kvm: 'closed', uri: 'qemu:///session'}, /usermod -aG kvm/],
		['images', {images: [image, {...image, writable: false}]}, 'Run virsnap with sudo.'],
		['images', {images: [{...image, unreadable: {reason: 'r', remedy: 'mend it'}}]}, 'mend it'],
		['virsnap demo', {libvirtd: null}, /apt install qemu-system-x86/],
	] as [string, Partial<DoctorFacts>, string | RegExp][])('%s: names what mends it', (name, different, remedy) => {
		const found = check(name, different);
		expect(found?.status).not.toBe('ok');
		expect(found?.remedy).toMatch(remedy);
	});

	test('says nothing of local files where libvirt is elsewhere', () => {
		const names = checksOf({...facts, host: {...host, elsewhere: 'libvirt runs on far'}}).map(({name}) => name);
		expect(names).toEqual(['virsh', 'qemu-img', 'libvirt', 'reading', 'external snapshots', 'images']);
	});

	test('root needs no group', () => {
		expect(check('libvirt group', {user: 'root', groups: ['root']})).toBeUndefined();
	});

	test('prints each remedy below what it mends', () => {
		const text = checksText([
			{name: 'a', status: 'ok', found: 'fine', remedy: null},
			{name: 'long name', status: 'missing', found: 'two\nlines \u001B', remedy: 'mend'},
		]);
		expect(text.split('\n')).toEqual([
			'ok       a          fine',
			'missing  long name  two',
			'                    lines ␛',
			'                    → mend',
		]);
	});

	test('looks at this very host, and ends with 4 where libvirt does not answer', async () => {
		const well = await run(['doctor', '--json']);
		expect(well.status).toBe(0);
		expect(JSON.parse(well.stdout).checks.length).toBeGreaterThan(5);
		const lost = await run(['doctor'], {connection: {status: 'lost', reason: 'nobody there', retryAt: ''}});
		expect(lost.status).toBe(4);
		expect(lost.stdout).toMatch(/^missing {2}libvirt +nobody there$/m);
	});
});
