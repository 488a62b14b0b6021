import {describe, expect, test} from 'vitest';
import type {Facts} from '../../../source/core/model/facts.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {createdSinceRefusal} from '../../../source/core/recover/meanwhile/another-snapshot.ts';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {makes, step} from '../../../source/core/steps/step.ts';
import {chained, domain, entry, image} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {cutOff} from '../../facts/receipt.ts';
import {external, recordedXml, snapshot} from '../../facts/snapshot.ts';
import {file, half, none, whole, withDisks} from './two-disks.ts';

describe('a create of two steps', () => {
	const plan = planFor(none, {verb: 'create', tag: 't', method: 'qemu-img'});

	test.each(['pp', 'rp', 'dr', 'dd'])('whatever the receipt says (%s), all that was promised is there: done', at => {
		expect(recoveryOf(cutOff(plan, at), whole)).toMatchObject({
			verdict: 'finished',
			choices: [{id: 'close', status: 'verified'}],
		});
	});

	test.each(['pp', 'rp', 'dr'])('whatever the receipt says (%s), nothing is there: not done', at => {
		expect(recoveryOf(cutOff(plan, at), none)).toMatchObject({
			verdict: 'untouched',
			choices: [{id: 'close', status: 'undone'}],
		});
	});

	test('half of it: finish the other half, or roll back the first', () => {
		const {verdict, findings, choices} = recoveryOf(cutOff(plan, 'dr'), half);
		expect(verdict).toBe('partly');
		expect(findings.join()).toContain('snapshot t');
		expect(choices.map(({id}) => id)).toEqual(['go-on', 'way-back', 'leave']);
		const [goOn, wayBack] = choices;
		expect('plan' in goOn! && goOn.plan.steps.map(step => step.argv)).toEqual([
			['qemu-img', 'snapshot', '-c', 't', file('vdb')],
		]);
		expect('plan' in wayBack! && wayBack.plan.steps.map(step => step.argv)).toEqual([
			['qemu-img', 'snapshot', '-d', 't', file('vda')],
		]);
	});

	test('the domain was started meanwhile: its images are not written to behind its back', () => {
		const started = facts({domain: {...withDisks(['t'], []), state: 'running'}});
		const {choices, refusals} = recoveryOf(cutOff(plan, 'dr'), started);
		expect(choices.map(({id}) => id)).not.toContain('go-on');
		expect(refusals).toMatchObject([{id: 'go-on', refusal: {code: 'wrong-state'}}]);
	});
});

test('going back shows in no table, so all disks go back again', () => {
	const plan = planFor(whole, {verb: 'revert', tag: 't'});
	const {verdict, choices} = recoveryOf(cutOff(plan, 'dr'), whole);
	expect(verdict).toBe('partly');
	expect(choices.map(({id}) => id)).toEqual(['go-on', 'leave']);
	expect('plan' in choices[0]! && choices[0].plan.steps).toEqual(plan.steps);
	expect(recoveryOf(cutOff(plan, 'pp'), whole).verdict).toBe('untouched');
	expect(recoveryOf(cutOff(plan, 'dd'), whole).verdict).toBe('finished');
});

test('a delete is finished; nothing brings back what is deleted', () => {
	const plan = planFor(whole, {verb: 'delete', tag: 't'});
	const {choices, refusals} = recoveryOf(cutOff(plan, 'dr'), facts({domain: withDisks([], ['t'])}));
	expect(choices.map(({id}) => id)).toEqual(['go-on', 'leave']);
	expect(refusals).toMatchObject([{id: 'way-back', refusal: {code: 'unsupported'}}]);
});

describe('another snapshot has the tag since', () => {
	const [old, base] = ['/images/vda.t.qcow2', file('vda')];
	const having = (createdAt: string, description: string | null = null) => {
		const snapshots = [external('t', old, base, {current: true, createdAt, description})];
		return facts({
			domain: {disks: [chained('vda', image(old), image(base))], snapshots},
			snapshotXml: recordedXml(snapshots),
			directories: {
				'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['vda.qcow2', 'vda.t.qcow2']},
			},
		});
	};
	const [then, later] = ['2026-01-02T03:00:00.000Z', '2026-01-02T04:00:00.000Z'];

	test('a delete of the old one does not delete it', () => {
		const plan = planFor(having(then), {verb: 'delete', tag: 't'});
		const receipt = cutOff(plan, 'r'.padEnd(plan.steps.length, 'p'));
		expect(recoveryOf(receipt, having(then)).verdict).toBe('untouched');
		const {choices, refusals} = recoveryOf(receipt, having(later));
		expect(choices.map(({id}) => id)).toEqual(['leave']);
		expect(refusals[0]).toMatchObject({id: 'go-on', refusal: {code: 'not-found'}});
		expect(refusals[0]!.refusal.reason).toContain('another one of this name');
	});

	test('an edit of the old one is neither finished nor taken back on it', () => {
		const plan = planFor(having(then), {verb: 'edit', tag: 't', description: 'x', protect: true});
		const receipt = cutOff(plan, 'd'.padEnd(plan.steps.length, 'p'));
		expect(recoveryOf(receipt, having(then, 'x')).choices.map(({id}) => id)).toEqual(['go-on', 'way-back', 'leave']);
		const {choices, refusals} = recoveryOf(receipt, having(later, 'x'));
		expect(choices.map(({id}) => id)).toEqual(['leave']);
		expect(refusals.map(({refusal}) => refusal.code)).toEqual(['not-found', 'not-found']);
	});
});

test('a create is not rolled back on another snapshot that has its tag since', () => {
	const disks = [chained('vda', image(file('vda'), [entry('t')])), chained('vdb', image(file('vdb')))];
	const taken = (createdAt: string) =>
		facts({domain: {disks, snapshots: [snapshot('t', {health: 'partial', createdAt})]}});
	const planned = planFor(none, {verb: 'create', tag: 't', method: 'libvirt-internal'});
	const plan = {...planned, steps: [...planned.steps, ...planned.steps]};
	const begun = cutOff(plan, 'dr');
	const endedAt = '2026-01-02T03:04:06.000Z';
	const receipt = {...begun, steps: begun.steps.map(one => (one.status === 'done' ? {...one, endedAt} : one))};
	const ownRefusal = (at: string, one = receipt) => createdSinceRefusal(one, taken(at))?.reason ?? null;
	expect(ownRefusal('2026-01-02T05:00:00.000Z')).toBeNull();
	const done = {...receipt, plan: planned, steps: receipt.steps.slice(0, 1)};
	expect(ownRefusal('2026-01-02T03:04:06.000Z', done)).toBeNull();
	expect(ownRefusal('2026-01-02T05:00:00.000Z', done)).toContain('another one of this name');
});

test('what the rights of the user do not allow is no choice, and says why', () => {
	const plan = planFor(whole, {verb: 'delete', tag: 't'});
	const {choices, refusals} = recoveryOf(
		cutOff(plan, 'dr'),
		facts({domain: withDisks([], ['t']), readOnly: [file('vdb')]}),
	);
	expect(choices.map(({id}) => id)).toEqual(['leave']);
	expect(refusals).toContainEqual({id: 'go-on', refusal: expect.objectContaining({code: 'not-writable'})});
});

test('files that a create left are found, and removed only where nothing uses them', () => {
	const plan = planFor(facts(), {verb: 'create', tag: 't', method: 'external-offline'});
	const left: FactsLike = {
		directories: {
			'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['vda.qcow2', 'vda.t.qcow2']},
		},
	};
	const {verdict, choices} = recoveryOf(cutOff(plan, 'rp'), facts(left));
	expect(verdict).toBe('partly');
	expect(choices.map(({id}) => id)).toEqual(['way-back', 'leave']);
	expect('plan' in choices[0]! && choices[0].plan.steps[0]!.argv).toEqual(['rm', '-f', '--', '/images/vda.t.qcow2']);
	const inUse = facts({
		...left,
		others: [domain({uuid: 'other', disks: [chained('vda', image('/images/vda.t.qcow2'))]})],
	});
	expect(recoveryOf(cutOff(plan, 'rp'), inUse).verdict).toBe('untouched');
	const above = {file: '/images/own.qcow2', below: ['/images/vda.t.qcow2', '/images/vda.qcow2'], snapshots: []};
	const {findings, choices: few} = recoveryOf(cutOff(plan, 'rp'), facts({...left, kept: [above]}));
	expect(findings.join()).not.toContain('/images/vda.t.qcow2 exists, and nothing uses it');
	expect(few.some(one => 'plan' in one && one.plan.steps.some(({argv}) => argv.includes('rm')))).toBe(false);
});

test('overlays that libvirt has no record of are committed, so that nothing written since is lost', () => {
	const plan = planFor(facts({domain: {state: 'running'}}), {verb: 'create', tag: 't', method: 'external-live'});
	const moved = facts({
		domain: {state: 'running', disks: [chained('vda', image('/images/vda.t.qcow2'), image('/images/vda.qcow2'))]},
	});
	const {choices} = recoveryOf(cutOff(plan, 'r'), moved);
	expect(choices.map(({id}) => id)).toEqual(['way-back', 'leave']);
	expect('plan' in choices[0]! && choices[0].plan.steps.map(step => step.argv)).toMatchObject([
		expect.arrayContaining(['blockcommit', '--path=vda', '--active', '--pivot']),
	]);
});

test('overlays that a snapshot of another tag has are not: they would go into what it goes back to', () => {
	const plan = planFor(facts({domain: {state: 'running'}}), {verb: 'create', tag: 't', method: 'external-live'});
	const disks = [chained('vda', image('/images/vda.t.qcow2'), image('/images/vda.qcow2'))];
	const renamed = external('u', '/images/vda.t.qcow2', '/images/vda.qcow2');
	const {choices, refusals} = recoveryOf(
		cutOff(plan, 'r'),
		facts({domain: {state: 'running', disks, snapshots: [renamed]}}),
	);
	expect(choices.map(({id}) => id)).toEqual(['leave']);
	expect(refusals.map(({refusal}) => refusal.reason)).toContain(
		'The snapshot u has the overlays that the operation created.',
	);
});

test('a file that a disk runs on is not removed, though somebody else has deleted the record of the snapshot', () => {
	const only = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true});
	const disks = [chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'))];
	const host = {libvirt: '7.0.0'};
	const entries = ['vda.qcow2', 'vda.s.qcow2'];
	const around = {host, directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries}}};
	const plan = planFor(facts({...around, domain: {disks, snapshots: [only]}}), {verb: 'delete', tag: 's'});
	expect(plan.steps.map(({does}) => does.kind)).toEqual(['merge', 'define', 'forget-snapshot', 'remove-file']);
	const {choices, refusals} = recoveryOf(cutOff(plan, 'rppp'), facts({...around, domain: {disks}}));
	expect(choices.map(({id}) => id)).toEqual(['leave']);
	expect(refusals[0]?.refusal.reason).toContain('/images/vda.s.qcow2 is in use');
});

test('a block job without a process that waits for it is concluded', () => {
	const plan = {
		...planFor(facts({domain: {state: 'running', ...withDisks([], [])}}), {verb: 'suspend'}),
		verb: 'delete' as const,
	};
	const {choices} = recoveryOf(cutOff(plan, 'r'), facts({domain: {state: 'running'}}), [{target: 'vda', ready: true}]);
	expect(choices.map(({id}) => id)).toEqual(['go-on', 'way-back', 'leave']);
	expect('plan' in choices[1]! && choices[1].plan.steps[0]!.argv).toEqual(
		expect.arrayContaining(['blockjob', '--path=vda', '--abort']),
	);
});

describe('a merge in the middle of a running chain', () => {
	const [active, overlay, base] = ['/images/vda.u.qcow2', '/images/vda.t.qcow2', file('vda')];
	const entries = ['vda.qcow2', 'vda.t.qcow2', 'vda.u.qcow2'];
	const on = (...files: string[]) =>
		facts({
			domain: {state: 'running', disks: [chained('vda', ...files.map(one => image(one)))]},
			directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries}},
		});
	const running = {uri: null, uuid: 'x'};
	const plan: Plan = {
		...planFor(on(active, overlay, base), {verb: 'suspend'}),
		verb: 'delete',
		steps: [
			step({kind: 'live-merge', on: running, target: 'vda', top: overlay, base, range: 'below'}, {title: ''}),
			step({kind: 'remove-file', file: overlay}, {title: ''}),
		],
		expect: [{kind: 'source', target: 'vda', file: active}],
	};
	const goOn = (found: Facts) => {
		const choice = recoveryOf(cutOff(plan, 'rp'), found).choices.find(({id}) => id === 'go-on');
		return choice && 'plan' in choice ? choice.plan.steps.map(({argv}) => argv[1]) : null;
	};

	test('broken off: it may be half done, and is done again before its overlay is removed', () => {
		expect(recoveryOf(cutOff(plan, 'rp'), on(active, overlay, base)).verdict).toBe('partly');
		expect(goOn(on(active, overlay, base))).toEqual(['blockcommit', '-f']);
	});

	test('done: the overlay has left the chain', () => {
		expect(goOn(on(active, base))).toEqual(['-f']);
	});
});

describe('a revert by new overlays', () => {
	const old = '/images/vda.t.qcow2';
	const point = external('t', old, file('vda'), {current: true});
	const inFolder = (...more: string[]) => ({
		domain: {disks: [chained('vda', image(old), image(file('vda')))], snapshots: [point]},
		directories: {
			'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['vda.qcow2', 'vda.t.qcow2', ...more]},
		},
	});
	const plan = planFor(facts(inFolder()), {verb: 'revert', tag: 't'});
	const fresh = plan.steps[0]!.argv.at(-1)!.slice('/images/'.length);

	test('interrupted before its first file: nothing was done', () => {
		expect(recoveryOf(cutOff(plan, 'r'.padEnd(plan.steps.length, 'p')), facts(inFolder()))).toMatchObject({
			verdict: 'untouched',
		});
	});

	test('rolled back without a record of it: all of it is done again, whatever the receipt says', () => {
		const {choices} = recoveryOf(cutOff(plan, 'd'.repeat(plan.steps.length)), facts(inFolder()));
		expect(choices.map(({id}) => id)).toEqual(['go-on', 'leave']);
		expect(choices[0]).toMatchObject({plan: {steps: plan.steps}});
	});

	test('what was put into the definition meanwhile stays when it is finished', () => {
		const edited = facts(inFolder()).inactiveXml.replace('<devices>', '<vcpu>8</vcpu><devices>');
		const {choices} = recoveryOf(cutOff(plan, 'd'.padEnd(plan.steps.length, 'p')), {
			...facts(inFolder(fresh)),
			inactiveXml: edited,
		});
		const [goOn] = choices;
		const defined = goOn && 'plan' in goOn ? goOn.plan.steps.find(({input}) => input !== undefined) : undefined;
		expect(defined?.input).toContain('<vcpu>8</vcpu>');
		expect(defined?.input).toContain(`file="/images/${fresh}"`);
	});

	test('another disk or image that somebody else has put there stays when it is finished', () => {
		const {domain, directories} = inFolder(fresh);
		const other = '/images/other.qcow2';
		const edited = facts({directories, domain: {...domain, disks: [chained('vda', image(other))]}});
		const [goOn] = recoveryOf(cutOff(plan, 'd'.padEnd(plan.steps.length, 'p')), edited).choices;
		const rest = goOn && 'plan' in goOn ? goOn.plan : null;
		expect(rest?.warnings).toContain(`vda was put on ${other} meanwhile, so it stays as it is.`);
		expect(rest?.steps.filter(({input}) => input?.includes(fresh))).toEqual([]);
	});

	test('interrupted after its first file: that file is named, and it can be finished or rolled back', () => {
		const recovery = recoveryOf(cutOff(plan, 'd'.padEnd(plan.steps.length, 'p')), facts(inFolder(fresh)));
		expect(recovery).toMatchObject({verdict: 'partly', choices: [{id: 'go-on'}, {id: 'way-back'}, {id: 'leave'}]});
		expect(recovery.findings).toContain(`/images/${fresh} exists, and nothing uses it.`);
	});
});

test('memory is not loaded with a disk that somebody else has changed meanwhile', () => {
	const base = '/images/vda.t.qcow2';
	const full = external('t', base, file('vda'), {
		current: true,
		state: 'running',
		memoryFile: '/images/t.mem',
	});
	const entries = ['vda.qcow2', 'vda.t.qcow2', 't.mem'];
	const directories = {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries}};
	const saved = {xml: '<domain/>', sources: [], writtenAt: null, changedSince: []};
	const around = {
		directories,
		saveImages: {'/images/t.mem': saved},
		host: {libvirt: '9.0.0', externalSnapshots: false},
	};
	const disks = [chained('vda', image(base), image(file('vda')))];
	const plan = planFor(facts({...around, domain: {disks, snapshots: [full]}}), {verb: 'revert', tag: 't'});
	const fresh = plan.steps.flatMap(makes)[0]!;
	const {choices, refusals} = recoveryOf(
		cutOff(plan, 'd'.repeat(plan.steps.length - 1).padEnd(plan.steps.length, 'p')),
		facts({
			...around,
			directories: {'/images': {...directories['/images'], entries: [...entries, fresh.slice('/images/'.length)]}},
			domain: {disks: [chained('vda', image('/images/other.qcow2'))], snapshots: [full]},
		}),
	);
	expect(choices.map(({id}) => id)).not.toContain('go-on');
	expect(refusals.find(({id}) => id === 'go-on')?.refusal).toMatchObject({code: 'disks-changed', remedy: 'Roll back.'});
});

describe('a save into a file that was interrupted while the domain kept running', () => {
	const file = '/images/web.save';
	const running = {state: 'running', id: 1} as const;
	const plan = planFor(facts({domain: running}), {verb: 'save', file});
	const folder = {path: '/images', freeBytes: 1e12, writable: true, entries: ['web.save']};
	const left = facts({domain: running, directories: {'/images': folder}});

	test('the file it wrote is removed, as libvirt can read nothing in it', () => {
		const {choices} = recoveryOf(cutOff(plan, 'ddr'), left);
		expect(choices.map(({id}) => id)).toEqual(['way-back', 'leave']);
		expect(choices[0]).toMatchObject({plan: {steps: [{argv: ['rm', '-f', '--', file]}]}});
	});

	test('the empty file is taken away too where the domain was shut off by somebody else', () => {
		const {choices} = recoveryOf(cutOff(plan, 'ddp'), facts({directories: {'/images': folder}}));
		expect(choices.map(({id}) => id)).toEqual(['way-back', 'leave']);
	});

	test('memory that can be read stays', () => {
		const image = {xml: '<domain/>', sources: [], writtenAt: null, changedSince: []};
		const {choices} = recoveryOf(cutOff(plan, 'ddr'), {...left, saveImages: {[file]: image}});
		expect(choices.map(({id}) => id)).toEqual(['leave']);
	});
});

describe('a file that somebody else has put where one was planned', () => {
	const plan = planFor(facts(), {verb: 'clone', name: 'web-2'});
	const [made = ''] = makes(plan.steps[0]!);
	const there = facts({
		directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['vda.qcow2', made.slice(8)]}},
	});
	const refused = (more: object) => {
		const receipt = cutOff(plan, 'rppp');
		const steps = receipt.steps.map((record, index) => (index === 0 ? {...record, ...more} : record));
		return {...receipt, steps};
	};

	test.each([
		['cp has said nothing', {status: 'failed', exitCode: 0}],
		[
			'the command has said so',
			{status: 'failed', exitCode: 1, stderr: "cp: cannot create regular file 'x': File exists"},
		],
		['it was there before the step began', {status: 'running', startedAt: '2026-01-02T03:06:00.000Z'}],
	])('is not ours where %s: nothing is done to it', (_what, more) => {
		const {verdict, choices, findings} = recoveryOf(refused(more), there);
		expect(verdict).toBe('untouched');
		expect(findings.join(' ')).toContain(`${made} exists, but not as this operation made it`);
		expect(choices.map(({id}) => id)).toEqual(['close']);
	});

	test('is ours where it came into being in the step that was interrupted', () => {
		const {choices} = recoveryOf(cutOff(plan, 'rppp'), there);
		expect(choices.map(({id}) => id)).toEqual(['go-on', 'way-back', 'leave']);
	});

	test('is not ours where it has taken the place of what was made', () => {
		const receipt = {...cutOff(plan, 'drpp'), made: {[made]: 'another'}};
		const {choices} = recoveryOf(receipt, there);
		expect(choices.flatMap(one => ('plan' in one ? one.plan.steps.map(({argv}) => argv[0]) : []))).not.toContain('rm');
		expect(choices.map(({id}) => id)).not.toContain('go-on');
	});
});

describe('a delete under an overlay that somebody else has put on top meanwhile', () => {
	const [base, first, second, theirs] = [
		file('vda'),
		'/images/vda.s1.qcow2',
		'/images/vda.s2.qcow2',
		'/images/vda.x.qcow2',
	];
	const entries = [base, first, second, theirs].map(one => one.slice('/images/'.length));
	const directories = {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries}};
	const s1 = external('s1', first, base);
	const s2 = external('s2', second, first, {parent: 's1', current: true});
	const found = (files: readonly string[], snapshots: readonly Snapshot[]) =>
		facts({
			domain: {disks: [chained('vda', image(files[0]!), ...files.slice(1).map(one => image(one)))], snapshots},
			directories,
		});
	const plan = planFor(found([second, first, base], [s1, s2]), {verb: 'delete', tag: 's1'});
	const receipt = cutOff(plan, `r${'p'.repeat(plan.steps.length - 1)}`);
	const x = external('x', theirs, second, {parent: 's2', current: true});

	test('is planned anew under it, and nothing takes the disk off it', () => {
		const {choices} = recoveryOf(receipt, found([theirs, second, first, base], [s1, {...s2, current: false}, x]));
		const [finishing] = choices;
		expect(finishing).toMatchObject({id: 'go-on', plan: {verb: 'delete', tag: 's1'}});
		const sources = 'plan' in finishing! ? finishing.plan.expect.filter(({kind}) => kind === 'source') : [];
		expect(sources).toEqual([{kind: 'source', target: 'vda', file: theirs}]);
	});

	test('removes only what nothing uses once its record is gone', () => {
		const {choices} = recoveryOf(receipt, found([theirs, second, base], [{...s2, current: false}, x]));
		const steps = choices.flatMap(one => ('plan' in one && one.id === 'go-on' ? one.plan.steps : []));
		expect(steps.map(({argv}) => argv)).toEqual([['rm', '-f', '--', first]]);
	});
});

test('what was merged before a domain ran again is merged once more: the overlay may hold newer writes', () => {
	const [base, overlay] = [file('vda'), '/images/vda.s.qcow2'];
	const found = facts({
		domain: {
			disks: [chained('vda', image(overlay), image(base, [entry('i')]))],
			snapshots: [snapshot('i'), external('s', overlay, base, {parent: 'i', current: true})],
		},
		directories: {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries: ['vda.qcow2', 'vda.s.qcow2']}},
	});
	const plan = planFor(found, {verb: 'delete', tag: 's'});
	expect(plan.steps[0]!.does.kind).toBe('merge');
	const {choices} = recoveryOf(cutOff(plan, 'd'.padEnd(plan.steps.length, 'p')), found);
	expect(choices[0]).toMatchObject({id: 'go-on', plan: {steps: plan.steps}});
});

describe('a delete of an external snapshot whose record is gone, its file not yet', () => {
	const [base, overlay] = ['/images/vda.qcow2', '/images/vda.s.qcow2'];
	const entries = ['vda.qcow2', 'vda.s.qcow2'];
	const host = {libvirt: '7.0.0', externalSnapshots: false};
	const directories = {'/images': {path: '/images', freeBytes: 1e12, writable: true, entries}};
	const onOverlay = [chained('vda', image(overlay), image(base)), chained('vdb', image('/images/vdb.qcow2'))];
	const onBase = [chained('vda', image(base)), chained('vdb', image('/images/vdb.qcow2'))];
	const plan = planFor(
		facts({domain: {disks: onOverlay, snapshots: [external('s', overlay, base)]}, directories, host}),
		{
			verb: 'delete',
			tag: 's',
		},
	);
	const at = `${'d'.repeat(plan.steps.length - 1)}p`;
	const goOn = (like: FactsLike) => {
		const {choices} = recoveryOf(cutOff(plan, at), facts({directories, host, ...like}));
		const found = choices.find(({id}) => id === 'go-on');
		return found && 'plan' in found ? found.plan : null;
	};

	test('the domain was started on the base: the merged overlay is still removed', () => {
		const {steps} = goOn({domain: {disks: onBase, snapshots: [], state: 'running', id: 3}})!;
		expect(steps.map(({argv}) => argv)).toEqual([['rm', '-f', '--', overlay]]);
	});

	test('its disk was detached: nothing more is expected of it, and that is said', () => {
		const {expect: promised, warnings} = goOn({domain: {disks: onBase.slice(1), snapshots: []}})!;
		expect(promised.filter(({kind}) => kind === 'source')).toEqual([]);
		expect(warnings.join()).toContain('Detached meanwhile, so left out: vda.');
	});

	test('its disk was put on another image: that stays, and that is said', () => {
		const other = chained('vda', image('/images/other.qcow2'));
		const {expect: promised, steps, warnings} = goOn({domain: {disks: [other, onBase[1]!], snapshots: []}})!;
		expect(promised.filter(({kind}) => kind === 'source')).toEqual([]);
		expect(warnings).toContain('vda was put on /images/other.qcow2 meanwhile, so it stays as it is.');
		expect(steps.map(({does}) => does.kind)).toEqual(['remove-file']);
	});
});
