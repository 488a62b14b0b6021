/** Linked clones and their undo: what they take over, what is removed, what stops it. */

import {describe, expect, test} from 'vitest';
import {withIdentity} from '../../../source/core/domain-xml/identity.ts';
import type {Disk} from '../../../source/core/model/disk.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import type {Facts} from '../../../source/core/model/facts.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import {cloneBack} from '../../../source/core/recover/clones/undo-clone.ts';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {chained, domain, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {cutOff} from '../../facts/receipt.ts';
import {snapshot} from '../../facts/snapshot.ts';

const own = '00112233-4455-4677-8899-aabbccddeeff';
const overlay = '/images/web-2.qcow2';
const base = '/images/vda.qcow2';
const variables = '/nvram/web_VARS.fd';

function folder(path: string, ...entries: string[]) {
	return {[path]: {path, freeBytes: 1e12, writable: true, entries}};
}

function planned(found: Facts): Plan {
	return planFor(found, {verb: 'clone', name: 'web-2'});
}

describe('UEFI variables', () => {
	const uefi = (file: string | null, system = false) =>
		facts({
			host: {system},
			domain: {firmware: {kind: 'uefi', nvram: file === null ? null : {file, format: 'raw'}}},
			directories: {...folder('/images', 'vda.qcow2'), ...folder('/nvram', 'web_VARS.fd')},
		});

	test.each([
		[false, 'mode,ownership'],
		[true, 'mode'],
	])('are copied for the user who runs QEMU, by the daemon of the machine: %s: %s', (system, kept) => {
		expect(planned(uefi(variables, system)).steps.map(({argv}) => argv)).toContainEqual([
			'cp',
			'--verbose',
			'--no-clobber',
			`--preserve=${kept}`,
			'--',
			variables,
			'/nvram/web-2_VARS.fd',
		]);
	});

	test("in JSON of QEMU's own device are copied, too, and named in the definition of the clone", () => {
		const nvram = {file: '/varstore/web.json', format: 'json'};
		const found = facts({
			domain: {firmware: {kind: 'uefi', nvram}},
			directories: {...folder('/images', 'vda.qcow2'), ...folder('/varstore', 'web.json')},
		});
		const os = (path: string) => `<os firmware="efi"><varstore template="/vars.json" path="${path}"/></os>`;
		const {steps} = planned({
			...found,
			inactiveXml: found.inactiveXml.replace('<devices>', `${os(nvram.file)}<devices>`),
		});
		expect(steps.map(({argv}) => argv.slice(-2))).toContainEqual([nvram.file, '/varstore/web-2.json']);
		const {input} = steps.at(-1)!;
		expect(input).toContain(os('/varstore/web-2.json'));
		expect(input).not.toContain('<nvram');
	});

	test('that were not found are said to begin fresh', () => {
		expect(planned(uefi(null)).warnings.join()).toContain('new UEFI variables');
		expect(planned(uefi(variables)).warnings.join()).not.toContain('fresh');
		expect(planned(facts()).warnings.join()).not.toContain('fresh');
	});

	test.each([
		['<os><nvram>/old</nvram></os>', '<os><nvram>/new</nvram></os>'],
		[
			'<os><nvram type="file"><source file="/old"/></nvram></os>',
			'<os><nvram type="file"><source file="/new"/></nvram></os>',
		],
		['<os firmware="efi"><type>hvm</type></os>', '<os firmware="efi">\n    <nvram>/new</nvram><type>hvm</type></os>'],
	])('%s', (before, after) => {
		const identity = {name: 'web-2', uuid: own, mac: () => '', nvram: '/new'};
		expect(withIdentity(`<domain>${before}</domain>`, identity)).toBe(`<domain>${after}</domain>`);
	});
});

test.each<[string, Partial<Disk>, Partial<Facts>]>([
	['by its definition', {type: 'block', source: '/dev/vg/web'}, {}],
	['by what its path leads to', {source: '/dev/vg/web'}, {blockDevices: ['/dev/vg/web']}],
	['of a pool', {type: 'volume'}, {}],
])('no file is put beside a device: %s', (_, more, found) => {
	const disks = [{...chained('vda', image(more.source ?? base, [], 'raw')), ...more}];
	for (const full of [false, true]) {
		const refusal = refusalOf({...facts({domain: {disks}}), ...found}, {verb: 'clone', name: 'web-2', full});
		expect(refusal).toMatchObject({code: 'unsupported-disk', reason: expect.stringContaining('vda')});
	}
});

describe('undo of a clone', () => {
	const plan = planned(facts());
	const clone = (more: Partial<Domain> = {}) =>
		domain({uuid: own, name: 'web-2', disks: [chained('vda', image(overlay), image(base))], ...more});
	const there = (others: readonly Domain[], ...entries: string[]) =>
		facts({others, directories: folder('/images', 'vda.qcow2', ...entries)});
	const undefine = ['virsh', '-c', 'qemu:///session', 'undefine', `--domain=${own}`];
	const remove = ['rm', '-f', '--', overlay];

	test.each([
		['all of it', [clone()], ['web-2.qcow2'], [undefine, remove]],
		[
			'an NVRAM that libvirt made',
			[clone({firmware: {kind: 'uefi', nvram: null}})],
			['web-2.qcow2'],
			[[...undefine, '--nvram'], remove],
		],
		['only the domain', [clone()], [], [undefine]],
		['only files', [], ['web-2.qcow2'], [remove]],
	])('%s', (_, others, entries, argvs) => {
		const outcome = cloneBack(cutOff(plan, 'd'.repeat(plan.steps.length)), there(others, ...entries));
		expect('plan' in outcome && outcome.plan.steps.map(({argv}) => argv)).toEqual(argvs);
		expect(outcome).toMatchObject({plan: {confirm: others.length > 0 ? 'web-2' : null}});
	});

	test.each<[string, Domain[], string]>([
		['is running', [clone({state: 'running'})], 'wrong-state'],
		['has saved memory', [clone({state: 'saved', managedSave: true})], 'saved-memory'],
		['has snapshots', [clone({snapshots: [snapshot('s')]})], 'has-children'],
		['runs on other disks', [clone({disks: [chained('vda', image('/images/else.qcow2'))]})], 'disks-changed'],
		[
			'is a base',
			[clone(), domain({uuid: 'c', name: 'c', disks: [chained('vda', image('/c'), image(overlay))]})],
			'has-dependants',
		],
		[
			'gave its overlay away',
			[domain({uuid: 'c', name: 'c', disks: [chained('vda', image(overlay))]})],
			'has-dependants',
		],
	])('not of one that %s', (_, others, code) => {
		expect(cloneBack(cutOff(plan, 'd'.repeat(plan.steps.length)), there(others, 'web-2.qcow2'))).toMatchObject({
			refusal: {code},
		});
	});

	test('nothing is there', () => {
		expect(cloneBack(cutOff(plan, 'd'.repeat(plan.steps.length)), there([]))).toMatchObject({
			refusal: {code: 'not-found'},
		});
	});

	test('a clone that was interrupted before its definition leaves its files, which can be removed', () => {
		const receipt = cutOff(plan, 'dddr');
		const {verdict, choices} = recoveryOf(receipt, there([], 'web-2.qcow2'));
		expect(verdict).toBe('partly');
		expect(choices.map(({id}) => id)).toEqual(['go-on', 'way-back', 'leave']);
		const back = choices[1]!;
		expect('plan' in back && back.plan.steps.map(({argv}) => argv)).toEqual([remove]);
	});
});
