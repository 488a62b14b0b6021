/** Another description for a snapshot: the plan, what it refuses, its undo, and what an interrupted one is taken for. */
import {describe, expect, test} from 'vitest';
import {recordedDescription} from '../../../source/core/domain-xml/description.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import type {EditIntent} from '../../../source/core/model/intent.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {undoPlan} from '../../../source/core/recover/undo.ts';
import {withRetention} from '../../../source/core/snapshots/retention.ts';
import {asDefinedNow} from '../../../source/core/steps/shared-steps.ts';
import {facts} from '../../facts/facts.ts';
import {planFor, planIn, refusalOf} from '../../facts/plan.ts';
import {cutOff, endedAs} from '../../facts/receipt.ts';
import {external, recordedXml, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

const usual = snapshot('s', {description: 'old <one>', current: true});
const base = snapshot('base');
const unmanaged = snapshot('by-hand', {health: 'unmanaged', healthReason: '', libvirt: false});
const outside = external('out', '/images/vda.out.qcow2', '/images/vda.qcow2');
const orphaned = snapshot('ghost', {health: 'orphaned', healthReason: 'Gone from vda.', description: 'why'});

/** After the snapshots of these facts were taken. */
const verified = (plan: Plan) => ({...endedAs(plan, 'verified'), endedAt: '2026-03-02T08:09:10.000Z'});

const holding = (...snapshots: readonly Snapshot[]) =>
	facts({domain: {snapshots}, snapshotXml: recordedXml(snapshots)});
/** Another document with the same meaning: the tree is written with double quotes, and without the line end. */
const withoutDescription = (xml: string) =>
	xml
		.replace(/\s*<description>[^<]*<\/description>/, '')
		.replaceAll('"', "'")
		.trim();

const all = holding(base, usual, unmanaged, outside, orphaned);
const edit = (tag: string, description: string): EditIntent => ({verb: 'edit', tag, description});

test.each<[string, EditIntent, {title: string; changes: string[]; recorded: string | null}]>([
	[
		'another one',
		edit('s', 'new & "quoted"\nin two lines'),
		{
			title: 'Change the description of s',
			changes: ['- description: old <one>', '+ description: new & "quoted"␊in two lines'],
			recorded: 'new & "quoted"\nin two lines',
		},
	],
	[
		'a first one',
		edit('base', 'x'),
		{title: 'Change the description of base', changes: ['+ description: x'], recorded: 'x'},
	],
	[
		'none',
		edit('s', ''),
		{title: 'Remove the description of s', changes: ['- description: old <one>'], recorded: null},
	],
	[
		'of an external one',
		edit('out', 'x'),
		{title: 'Change the description of out', changes: ['+ description: x'], recorded: 'x'},
	],
	[
		'of a record without data',
		edit('ghost', 'x'),
		{title: 'Change the description of ghost', changes: ['- description: why', '+ description: x'], recorded: 'x'},
	],
])('%s: one step, that changes nothing else of the record', (_name, intent, {title, changes, recorded}) => {
	const plan = planFor(all, intent);
	const [step] = plan.steps;
	expect(plan.steps).toHaveLength(1);
	expect(step).toMatchObject({
		title,
		argv: [
			'virsh',
			'-c',
			'qemu:///session',
			'snapshot-create',
			expect.any(String),
			'--xmlfile=/dev/stdin',
			'--redefine',
		],
		undoInput: all.snapshotXml[intent.tag],
	});
	expect(step!.changes.map(({sign, what}) => `${sign} ${what}`)).toEqual(changes);
	expect(recordedDescription(step!.input!)).toBe(recorded);
	expect(withoutDescription(step!.input!)).toBe(withoutDescription(step!.undoInput!));
	expect(plan).toMatchObject({losses: [], confirm: null, wayBack: saying('Give it the description that it has now')});
});

test.each<[string, EditIntent, string, string]>([
	['no such snapshot', edit('none', 'x'), 'not-found', 'web has no snapshot none.'],
	[
		'unknown to libvirt',
		edit('by-hand', 'x'),
		'unsupported',
		'libvirt has no record of by-hand, and nothing else holds a description.',
	],
	['control characters', edit('s', 'a\u001b[31m'), 'bad-tag', 'The description holds control or invisible characters.'],
	['the same', edit('s', 'old <one>'), 'unchanged', 's has this description already.'],
	['none where there is none', edit('base', ''), 'unchanged', 'base has no description.'],
])('refused: %s', (_name, intent, code, reason) => {
	expect(refusalOf(all, intent)).toMatchObject({code, reason});
});

test('refused while libvirt has a job open, not while a disk is copied', () => {
	const busy = {...all, job: 'Backup'};
	expect(refusalOf(busy, edit('s', 'x'))).toMatchObject({
		code: 'busy',
		remedy: saying('virsh -c qemu:///session domjobinfo web'),
	});
	const disks = all.domain.disks.map(disk => ({...disk, blockJob: 'copy'}));
	expect(planFor({...all, domain: {...all.domain, disks}}, edit('s', 'x')).steps).toHaveLength(1);
});

const plan = planFor(holding(usual), edit('s', 'new'));
const described = (description: string | null) => holding({...usual, description});

describe('undo', () => {
	const done = verified(plan);

	test('is the description from before', () => {
		const back = planIn(undoPlan(done, described('new')));
		expect(back).toMatchObject({verb: 'edit', tag: 's', expect: [{description: 'old <one>'}]});
		const first = planFor(holding(base), edit('base', 'x'));
		const none = planIn(undoPlan(verified(first), holding({...base, description: 'x'})));
		expect(none.expect).toMatchObject([{description: ''}]);
	});

	test.each<[string, Partial<EditIntent>, object]>([
		['another expiry', {expires: '2027-01-01'}, {expiresAt: null}],
		['protection taken off', {protect: false}, {protected: true}],
	])('of %s brings no expiry of an earlier snapshot of this tag', (_, wish, back) => {
		const earlier = {tag: 's', createdAt: '2026-01-01T00:00:00.000Z', expiresAt: '2026-01-02T00:00:00.000Z'};
		const held = {...earlier, protected: wish.protect === false};
		const was = holding({...usual, protected: held.protected});
		const edited = planFor({...was, domain: {...was.domain, retentions: [held]}}, {verb: 'edit', tag: 's', ...wish});
		const [does] = edited.steps.map(one => one.does);
		const retentions = does?.kind === 'set-retention' ? does.retentions : [];
		const now = holding(usual).domain;
		const domain = {...now, retentions, snapshots: withRetention(now.snapshots, retentions)};
		const undone = planIn(undoPlan(verified(edited), {...was, domain}));
		expect(undone.expect).toEqual([{kind: 'snapshot', tag: 's', health: ['ok'], ...back}]);
	});

	test('is refused where a later snapshot has this tag: its protection is its own', () => {
		const edited = planFor(holding(usual), {verb: 'edit', tag: 's', protect: true});
		const later = {...usual, protected: true, createdAt: '2099-01-01T00:00:00.000Z'};
		expect(undoPlan(verified(edited), holding(later))).toMatchObject({
			refusal: {code: 'not-found', reason: expect.stringContaining('The snapshot s that it edited no longer exists;')},
		});
	});

	test('is refused where somebody else has described it since', () => {
		expect(undoPlan(done, described('theirs'))).toMatchObject({
			refusal: {code: 'not-found', reason: expect.stringContaining('The description of s is "theirs", not "new".')},
		});
	});
});

describe('interrupted', () => {
	test.each<[string, string, Snapshot[], string]>([
		['the record says it', 'r', [{...usual, description: 'new'}], 'finished'],
		['the record is as before', 'r', [usual], 'untouched'],
		['somebody else has described it', 'r', [{...usual, description: 'theirs'}], 'untouched'],
		['the record is gone', 'r', [], 'partly'],
		['it was never begun', 'p', [], 'untouched'],
	])('%s', (_name, at, snapshots, verdict) => {
		expect(recoveryOf(cutOff(plan, at), holding(...snapshots)).verdict).toBe(verdict);
	});

	test('where its end cannot be told, the old description is offered', () => {
		const now = described('new');
		const disks = now.domain.disks.map(disk => ({
			...disk,
			unreadable: {reason: 'It is gone.', remedy: 'Bring it back.'},
		}));
		const {choices} = recoveryOf(cutOff(plan, 'r'), {...now, domain: {...now.domain, disks}});
		expect(choices).toMatchObject([{id: 'way-back', plan: {expect: [{description: 'old <one>'}]}}, {id: 'leave'}]);
	});
});

describe('what others have written into the record meanwhile stays', () => {
	const now = {...holding(usual), snapshotXml: {s: recordedXml([usual]).s!.replace('<graphics', '<video/><graphics')}};

	test('beside the new description', () => {
		const {input, undoInput} = asDefinedNow(plan.steps[0]!, now);
		expect(input).toContain('<video/>');
		expect(recordedDescription(input!)).toBe('new');
		expect(undoInput).toBe(now.snapshotXml.s);
	});

	test('and their description, where a step changes something else of the record', () => {
		const [first] = plan.steps;
		const moved = {...first!, input: first!.undoInput!.replace('shutoff', 'running')};
		const {input} = asDefinedNow(moved, described('theirs'));
		expect(recordedDescription(input!)).toBe('theirs');
		expect(input).toContain('running');
	});
});

const until = '2026-04-01T00:00:00.000Z';
const kept = {tag: 's', createdAt: usual.createdAt, protected: true, expiresAt: until};
const keeping = (like: Partial<Snapshot>, more: Parameters<typeof facts>[0] = {}) => {
	const one = {...usual, ...like};
	const retentions =
		one.protected || one.expiresAt !== null ? [{...kept, protected: one.protected, expiresAt: one.expiresAt}] : [];
	return facts({...more, domain: {snapshots: [one], retentions, ...more.domain}, snapshotXml: recordedXml([one])});
};

test.each<
	[
		string,
		Parameters<typeof keeping>,
		Omit<EditIntent, 'verb' | 'tag'>,
		{title: string; changes: string[]; says: string; back: string},
	]
>([
	[
		'protected',
		[{}],
		{protect: true},
		{
			title: 'Protect s',
			changes: ['+ s is protected: virsnap does not delete it'],
			says: 'protected="yes"',
			back: '--unprotect',
		},
	],
	[
		'unprotected',
		[{protected: true}],
		{protect: false},
		{
			title: 'Unprotect s',
			changes: ['- s is protected: virsnap does not delete it'],
			says: '--remove',
			back: '--protect',
		},
	],
	[
		'expiring',
		[{protected: true}],
		{expires: '2026-04-01T00:00:00Z'},
		{
			title: 'Set the expiry of s',
			changes: ['~ s expires: on 2026-04-01'],
			says: `protected="yes" expires="${until}"`,
			back: '--never',
		},
	],
	[
		'kept for ever',
		[{expiresAt: until}],
		{expires: 'never'},
		{title: 'Set the expiry of s', changes: ['~ s expires: never'], says: '--remove', back: `--expires=${until}`},
	],
	[
		'all at once',
		[{}],
		{description: 'x', protect: true, expires: until},
		{
			title: 'Protect s',
			changes: ['+ s is protected', '~ s expires: on'],
			says: `expires="${until}"`,
			back: '--unprotect --never',
		},
	],
])(
	'%s: the metadata of the domain says it, and an undo takes it back',
	(_, given, wish, {title, changes, says, back}) => {
		const found = keeping(...given);
		const plan = planFor(found, {verb: 'edit', tag: 's', ...wish});
		const made = plan.steps.at(-1)!;
		expect(made.title).toBe(title);
		for (const [index, {sign, what}] of made.changes.entries()) expect(`${sign} ${what}`).toContain(changes[index]);
		expect(made.argv.join(' ')).toContain(says);
		expect(made.argv.filter(word => word === '--live' || word === '--config')).toEqual(['--config']);
		expect(plan).toMatchObject({wayBack: saying(back), losses: [], confirm: null});
		const does = made.does.kind === 'set-retention' ? made.does : null;
		expect(does?.before).toEqual(found.domain.retentions);
		const [one] = found.domain.snapshots;
		const after = facts({
			domain: {snapshots: [{...one!, ...plan.expect[0], health: 'ok'} as Snapshot], retentions: does!.retentions},
			snapshotXml: recordedXml([{...one!, description: 'x'}]),
		});
		const undone = planIn(undoPlan(verified(plan), after)).steps.at(-1)!;
		expect(undone.does).toMatchObject({kind: 'set-retention', retentions: found.domain.retentions});
	},
);

test.each<[string, Partial<Domain>, string[]]>([
	['running', {state: 'running'}, ['--live', '--config']],
	['saved', {state: 'saved', managedSave: true}, ['--config']],
	['transient', {state: 'running', persistent: false}, ['--live']],
])('in the definitions that a domain has which is %s', (_, domain, where) => {
	const [made] = planFor(keeping({}, {domain}), {verb: 'edit', tag: 's', protect: true}).steps;
	expect(made!.argv.filter(word => word === '--live' || word === '--config')).toEqual(where);
});

test.each<[string, Omit<EditIntent, 'verb' | 'tag'>, string]>([
	['protected already', {protect: true}, 'unchanged'],
	['no time', {expires: 'soon'}, 'bad-date'],
	['the same expiry', {expires: until}, 'unchanged'],
])('%s is refused', (_, wish, code) => {
	expect(refusalOf(keeping({protected: true, expiresAt: until}), {verb: 'edit', tag: 's', ...wish}).code).toBe(code);
});

test('a time that is past is said to be', () => {
	expect(planFor(keeping({}), {verb: 'edit', tag: 's', expires: '2020-01-01'}).warnings).toEqual([
		expect.stringContaining('is past: it has expired as soon as this is done'),
	]);
});

test.each<[string, Partial<Domain>, string[]]>([
	['nothing happened', {}, ['untouched']],
	['it is done', {retentions: [{...kept, expiresAt: null}], snapshots: [{...usual, protected: true}]}, ['finished']],
	[
		'somebody else says something else',
		{retentions: [{...kept, expiresAt: null, protected: false, tag: 'other'}]},
		['partly', 'way-back'],
	],
])('a protection that was interrupted: %s', (_, domain, expected) => {
	const plan = planFor(keeping({}), {verb: 'edit', tag: 's', protect: true});
	const found = keeping({}, {domain});
	const {verdict, choices} = recoveryOf(cutOff(plan, 'r'), found);
	expect(verdict).toBe(expected[0]);
	if (expected[1]) expect([...choices.map(({id}) => id)]).not.toContain('go-on');
});
