/** Another tag for a snapshot: the plan, what it refuses, its undo, and how an interrupted one goes on or back. */
import {describe, expect, test} from 'vitest';
import {recordedDescription} from '../../../source/core/domain-xml/description.ts';
import {recordedParent} from '../../../source/core/domain-xml/record.ts';
import type {Domain} from '../../../source/core/model/domain.ts';
import type {Facts} from '../../../source/core/model/facts.ts';
import type {EditIntent} from '../../../source/core/model/intent.ts';
import type {Plan} from '../../../source/core/model/plan.ts';
import type {Snapshot} from '../../../source/core/model/snapshot.ts';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {undoPlan} from '../../../source/core/recover/undo.ts';
import {withRetention} from '../../../source/core/snapshots/retention.ts';
import {asDefinedNow} from '../../../source/core/steps/shared-steps.ts';
import {chained, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor, planIn, refusalOf} from '../../facts/plan.ts';
import {cutOff, endedAs} from '../../facts/receipt.ts';
import {external, recordedXml, snapshot} from '../../facts/snapshot.ts';
import {saying} from '../../helpers/saying.ts';

const layer = (count: number) => `/images/vda.${count}.qcow2`;
const old = external('old', layer(1), '/images/vda.qcow2', {description: 'why'});
const child = external('child', layer(2), layer(1), {parent: 'old'});
const grandchild = external('grandchild', layer(3), layer(2), {parent: 'child', current: true});
const inside = snapshot('inside');
const byHand = snapshot('by-hand', {libvirt: false, health: 'unmanaged'});
const until = '2026-04-01T00:00:00.000Z';

type More = {
	readonly domain?: Partial<Domain>;
	readonly retentions?: Domain['retentions'];
} & Partial<Omit<Facts, 'domain'>>;

function holding(snapshots: readonly Snapshot[], {domain, retentions = [], ...more}: More = {}): Facts {
	const kept = withRetention(snapshots, retentions);
	return facts({domain: {snapshots: kept, retentions, ...domain}, snapshotXml: recordedXml(kept), ...more});
}

const rename = (tag: string, newTag: string, more: Partial<EditIntent> = {}): EditIntent => ({
	verb: 'edit',
	tag,
	newTag,
	...more,
});
const did = ({steps}: Plan) =>
	steps.map(({does}) => ('tag' in does ? `${does.kind} ${does.tag}` : does.kind)).join(', ');

const family = [old, child, grandchild];
const renamed = {...old, tag: 'new'};
const moved = {...child, parent: 'new'};
const protection = {tag: 'old', createdAt: old.createdAt, protected: true, expiresAt: until};

test.each<[string, readonly Snapshot[], EditIntent, Domain['retentions'], string]>([
	['alone', [old], rename('old', 'new'), [], 'record-snapshot new, forget-snapshot old'],
	[
		'with a child: that names it as its parent before the old record goes',
		family,
		rename('old', 'new'),
		[],
		'record-snapshot new, redefine-snapshot child, forget-snapshot old',
	],
	[
		'the current one: the new record is it before the old one goes',
		[{...old, current: true}],
		rename('old', 'new'),
		[],
		'record-snapshot new, current-snapshot new, forget-snapshot old',
	],
	[
		'protected: that moves along while both records are there',
		[old],
		rename('old', 'new'),
		[protection],
		'record-snapshot new, set-retention, forget-snapshot old',
	],
	[
		'with all else that an edit can change',
		[old],
		rename('old', 'new', {description: 'x', protect: true, expires: until}),
		[],
		'record-snapshot new, set-retention, forget-snapshot old',
	],
])('%s', (_, snapshots, intent, retentions, steps) => {
	const plan = planFor(holding(snapshots, {retentions}), intent);
	expect(did(plan)).toBe(steps);
	expect(plan).toMatchObject({
		verb: 'edit',
		tag: 'old',
		losses: [],
		confirm: null,
		onFailure: 'stop',
		wayBack: saying('virsnap edit web new --tag=old'),
		expect: expect.arrayContaining([
			expect.objectContaining({kind: 'snapshot', tag: 'new'}),
			{kind: 'no-snapshot', tag: 'old', as: 'new', protected: false},
		]),
	});
});

test('the records say the same as before, but for the names', () => {
	const found = holding(family);
	const [first, second, last] = planFor(found, rename('old', 'new')).steps;
	const without = (xml: string) => xml.replaceAll('"', "'").replaceAll(/\s+/g, '');
	expect(without(first!.input!)).toBe(without(found.snapshotXml.old!.replace('<name>old', '<name>new')));
	expect(recordedParent(second!.input!)).toBe('new');
	expect(second!.undoInput).toBe(found.snapshotXml.child);
	expect(last).toMatchObject({undoInput: found.snapshotXml.old, argv: expect.arrayContaining(['--metadata'])});
	expect(last!.undo).toEqual(first!.argv);
});

test('what the metadata says of it moves, and what it says of others stays', () => {
	const other = {...protection, tag: 'child', createdAt: child.createdAt};
	const plan = planFor(holding(family, {retentions: [protection, other]}), rename('old', 'new', {protect: false}));
	const does = plan.steps.map(one => one.does).find(one => one.kind === 'set-retention');
	expect(does).toMatchObject({
		retentions: [other, {...protection, tag: 'new', protected: false}],
		before: [protection, other],
	});
});

test.each<[string, readonly Snapshot[], EditIntent, More, string, string]>([
	['the same tag', [old], rename('old', 'old'), {}, 'unchanged', 'old has this tag already.'],
	['empty', [old], rename('old', ''), {}, 'bad-tag', 'The tag is empty.'],
	['a slash', [old], rename('old', 'a/b'), {}, 'bad-tag', 'The tag holds a slash, which libvirt refuses.'],
	['taken', family, rename('old', 'child'), {}, 'tag-exists', 'There is a snapshot child already.'],
	[
		'inside an image',
		[inside],
		rename('inside', 'new'),
		{},
		'unsupported',
		'inside is inside /images/vda.qcow2, and nothing can change its tag there: it is found by that alone.',
	],
	[
		'unknown to libvirt',
		[byHand],
		rename('by-hand', 'new'),
		{},
		'unsupported',
		'by-hand is inside /images/vda.qcow2, and nothing can change its tag there: it is found by that alone.',
	],
	[
		'one of several',
		[old, {...byHand, tag: 'old'}],
		rename('old', 'new'),
		{},
		'ambiguous-tag',
		'There are several snapshots old.',
	],
	[
		'protected without being listed',
		[old],
		rename('old', 'new'),
		{retentions: [{...protection, tag: 'new'}]},
		'tag-exists',
		'A snapshot new that is not listed now is protected.',
	],
	[
		'not listed, though its protection could be taken off',
		[],
		rename('old', 'new', {protect: false}),
		{retentions: [protection]},
		'not-found',
		'web has no snapshot old.',
	],
	[
		'half deleted',
		[old],
		rename('old', 'new'),
		{spoiled: [{tag: 'old', receipt: 'r1'}]},
		'unhealthy',
		'Deleting it was aborted (r1): later writes may be partly merged into its base.',
	],
	[
		'an open receipt',
		[old],
		rename('old', 'new'),
		{unfinished: ['r1']},
		'busy',
		'An operation on this domain has not ended (r1), and knows the snapshot as old.',
	],
	['a job', [old], rename('old', 'new'), {job: 'Backup'}, 'busy', 'libvirt has a job open on this domain: Backup.'],
])('refused: %s', (_, snapshots, intent, more, code, reason) => {
	expect(refusalOf(holding(snapshots, more), intent)).toMatchObject({code, reason});
});

test('refused while a layer is merged: the record is about to change', () => {
	const found = holding([old]);
	const disks = found.domain.disks.map(disk => ({...disk, blockJob: 'commit'}));
	expect(refusalOf({...found, domain: {...found.domain, disks}}, rename('old', 'new')).code).toBe('busy');
});

describe('undo', () => {
	/** After the snapshots of these facts were taken. */
	const verified = (plan: Plan) => ({...endedAs(plan, 'verified'), endedAt: '2026-03-02T08:09:10.000Z'});
	const plan = planFor(holding(family), rename('old', 'new', {description: 'x'}));
	const now = [{...renamed, description: 'x'}, moved, grandchild];

	test('gives the tag back, and the description', () => {
		const back = planIn(undoPlan(verified(plan), holding(now)));
		expect(did(back)).toBe('record-snapshot old, redefine-snapshot child, forget-snapshot new');
		expect(recordedDescription(back.steps[0]!.input!)).toBe('why');
	});

	test('whatever became of its children, of what is current and of its protection', () => {
		const kept = {...protection, tag: 'new'};
		const later = external('later', layer(4), layer(3), {current: true});
		const back = planIn(undoPlan(verified(plan), holding([now[0]!, later], {retentions: [kept]})));
		expect(did(back)).toBe('record-snapshot old, set-retention, forget-snapshot new');
		expect(back.expect).toContainEqual(expect.objectContaining({tag: 'old', protected: true, expiresAt: until}));
	});

	test('is refused where another one has taken the tag', () => {
		const later = {...renamed, description: 'x', createdAt: '2099-01-01T00:00:00.000Z'};
		expect(undoPlan(verified(plan), holding([later]))).toMatchObject({
			refusal: {
				code: 'not-found',
				reason: expect.stringContaining('The snapshot new that it edited no longer exists;'),
			},
		});
	});
});

describe('interrupted', () => {
	const before = holding(
		[
			{...old, current: true},
			{...child, current: false},
		],
		{retentions: [protection]},
	);
	const plan = planFor(before, rename('old', 'new'));
	const current = {...renamed, current: true};
	const [was, gone, isNew] = [{...old, current: false}, [protection], [{...protection, tag: 'new'}]];

	test('these are its steps', () => {
		expect(did(plan)).toBe(
			'record-snapshot new, redefine-snapshot child, current-snapshot new, set-retention, forget-snapshot old',
		);
	});

	test.each<[string, string, readonly Snapshot[], Domain['retentions'], string, string?, string?]>([
		['never begun', 'ppppp', [{...old, current: true}, child], gone, 'untouched'],
		['before the first record', 'rpppp', [{...old, current: true}, child], gone, 'untouched'],
		[
			'after the first record',
			'rpppp',
			[{...old, current: true}, renamed, child],
			gone,
			'partly',
			'record-snapshot new, redefine-snapshot child, current-snapshot new, set-retention, forget-snapshot old',
			'forget-snapshot new',
		],
		[
			'after the child',
			'drppp',
			[{...old, current: true}, renamed, moved],
			gone,
			'partly',
			'record-snapshot new, current-snapshot new, set-retention, forget-snapshot old',
			'redefine-snapshot child, forget-snapshot new',
		],
		[
			'when libvirt took neither for the current one',
			'ddrpp',
			[was, renamed, moved],
			gone,
			'partly',
			'record-snapshot new, current-snapshot new, set-retention, forget-snapshot old',
			'record-snapshot old, redefine-snapshot child, current-snapshot old, forget-snapshot new',
		],
		[
			'after the metadata',
			'dddrp',
			[was, current, moved],
			isNew,
			'partly',
			'forget-snapshot old',
			'record-snapshot old, redefine-snapshot child, current-snapshot old, set-retention, forget-snapshot new',
		],
		['after all of it', 'ddddr', [current, moved], isNew, 'finished'],
	])('%s', (_, at, snapshots, retentions, verdict, goOn, wayBack) => {
		const recovery = recoveryOf(cutOff(plan, at), holding(snapshots, {retentions}));
		const words = (id: string) =>
			recovery.choices.flatMap(one => (one.id === id && 'plan' in one ? [did(one.plan)] : []));
		expect(recovery.verdict).toBe(verdict);
		expect([words('go-on'), words('way-back')]).toEqual([goOn, wayBack].map(one => (one === undefined ? [] : [one])));
	});

	test('with a snapshot of somebody else on it, which becomes its child', () => {
		const theirs = external('theirs', layer(3), layer(2), {parent: 'old', current: true});
		const recovery = recoveryOf(cutOff(plan, 'drppp'), holding([was, renamed, moved, theirs], {retentions: gone}));
		const [goOn, wayBack] = recovery.choices.map(one => ('plan' in one ? one.plan : null));
		expect(did(goOn!)).toBe('record-snapshot new, redefine-snapshot theirs, set-retention, forget-snapshot old');
		expect(goOn!.expect).toContainEqual({kind: 'snapshot', tag: 'theirs', health: ['ok'], parent: 'new'});
		expect(did(wayBack!)).toBe('record-snapshot old, redefine-snapshot child, forget-snapshot new');
	});

	test('with one that was taken in the moment in which ours was made the current one: theirs is, since the domain runs on it', () => {
		const theirs = external('theirs', layer(3), layer(2), {parent: 'old', current: false});
		const there = holding([was, current, moved, theirs], {
			retentions: gone,
			domain: {disks: [chained('vda', image(layer(3)))]},
		});
		const [goOn, wayBack] = recoveryOf(cutOff(plan, 'ddrpp'), there).choices.map(one =>
			'plan' in one ? one.plan : null,
		);
		expect(did(goOn!)).toBe('redefine-snapshot theirs, set-retention, forget-snapshot old, current-snapshot theirs');
		expect(goOn!.expect.filter(({kind}) => kind === 'current')).toEqual([{kind: 'current', tag: 'theirs'}]);
		expect(did(wayBack!)).toMatch(/forget-snapshot new, current-snapshot theirs$/);
		// One that was there before is not meant: somebody has chosen the current one by hand.
		const known = {...plan, basis: {...plan.basis, 'snapshot theirs': 'ok'}};
		const [other] = recoveryOf(cutOff(known, 'ddrpp'), there).choices.map(one => ('plan' in one ? one.plan : null));
		expect(did(other!)).not.toContain('current-snapshot theirs');
	});

	test('with another snapshot that has taken the tag: neither', () => {
		const later = {...renamed, createdAt: '2099-01-01T00:00:00.000Z'};
		const {choices, refusals} = recoveryOf(cutOff(plan, 'rpppp'), holding([{...old, current: true}, later, child]));
		expect(choices.map(({id}) => id)).toEqual(['leave']);
		expect(refusals.map(({refusal}) => refusal.code)).toEqual(['tag-exists', 'tag-exists']);
	});
});

test('what others have written into the records meanwhile stays', () => {
	const found = holding(family);
	const now = {
		...found,
		snapshotXml: Object.fromEntries(
			Object.entries(found.snapshotXml).map(([tag, xml]) => [tag, xml.replace('<graphics', '<video/><graphics')]),
		),
	};
	const [first, second] = planFor(found, rename('old', 'new', {description: 'x'})).steps.map(one =>
		asDefinedNow(one, now),
	);
	expect(first!.input).toContain('<video/>');
	expect(recordedDescription(first!.input!)).toBe('x');
	expect(second!.input).toContain('<video/>');
	expect(recordedParent(second!.input!)).toBe('new');
});
