/** Clones of snapshots, and full ones: what is read and copied, what is refused, what is said; and what is left of one that was interrupted. */
import {describe, expect, test} from 'vitest';
import type {Domain} from '../../../source/core/model/domain.ts';
import type {Facts} from '../../../source/core/model/facts.ts';
import type {CloneIntent} from '../../../source/core/model/intent.ts';
import {cloneBack} from '../../../source/core/recover/clones/undo-clone.ts';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {chained, disk, domain, entry, GiB, image} from '../../facts/domain.ts';
import {type FactsLike, facts, inactiveXml} from '../../facts/facts.ts';
import {planFor, refusalOf} from '../../facts/plan.ts';
import {cutOff} from '../../facts/receipt.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {said} from '../../helpers/saying.ts';

const wish = (more: Partial<CloneIntent> = {}): CloneIntent => ({verb: 'clone', name: 'web-2', ...more});
const overlay = '/images/vda.s.qcow2';
const base = '/images/vda.qcow2';
const recorded = (of: Domain) => `<domainsnapshot><name>s</name>${inactiveXml(of)}</domainsnapshot>`;

/** A snapshot `s` with its record, inside the image or below an overlay, of a domain that runs. */
function inside(more: FactsLike = {}): Facts {
	const found = {
		disks: [chained('vda', image(base, [entry('s', {diskBytes: 4 * GiB})]))],
		snapshots: [snapshot('s', {state: 'running', vmSizeBytes: GiB})],
		state: 'running',
		...more.domain,
	} as const;
	return facts({snapshotXml: {s: recorded(domain(found))}, ...more, domain: found});
}

function below(more: FactsLike = {}): Facts {
	const found = {
		disks: [chained('vda', image(overlay), image(base))],
		snapshots: [external('s', overlay, base)],
		state: 'running',
		...more.domain,
	} as const;
	const then = domain({...found, disks: [chained('vda', image(base))]});
	return facts({snapshotXml: {s: recorded(then)}, ...more, domain: found});
}

const copyOf = (plan: ReturnType<typeof planFor>) => plan.steps.find(({does}) => does.kind === 'copy-image')!;

describe('what is run', () => {
	test('an overlay on the layer that the snapshot keeps', () => {
		const plan = planFor(below(), wish({tag: 's'}));
		expect(plan.steps.map(({argv}) => argv)).toContainEqual([
			'qemu-img',
			'create',
			'-q',
			'-f',
			'qcow2',
			'-b',
			base,
			'-F',
			'qcow2',
			'/images/web-2.qcow2',
		]);
		expect(plan).toMatchObject({tag: 's', method: 'linked-clone', consistency: 'crash-consistent'});
		expect(plan.expect).not.toContainEqual({kind: 'state', state: 'shut off'});
	});

	test.each<[string, Facts, Partial<CloneIntent>, readonly string[], boolean]>([
		[
			'inside a running image, by ID and tag',
			inside(),
			{tag: 's'},
			['-f', 'qcow2', '-U', '-l', 'snapshot.id=1,snapshot.name=s', '-O', 'qcow2', base],
			true,
		],
		['the layer of an external one', below(), {tag: 's'}, ['-f', 'qcow2', '-O', 'qcow2', base], true],
		[
			'the present disk, under the lock that keeps the domain off',
			facts(),
			{},
			['-f', 'qcow2', '-O', 'qcow2', base],
			false,
		],
		[
			'a raw one',
			facts({domain: {disks: [disk('vda', {format: 'raw'})]}}),
			{},
			['-f', 'raw', '-O', 'qcow2', '/images/vda.raw'],
			false,
		],
	])('a copy of %s', (_, found, more, words, frozen) => {
		const plan = planFor(found, wish({full: true, ...more}));
		const copy = copyOf(plan);
		expect(copy.argv).toEqual(['qemu-img', 'convert', '-t', 'writeback', ...words, '/images/web-2.qcow2']);
		expect(copy.does).toMatchObject({frozen});
		expect(copy.undo).toEqual(['rm', '-f', '--', '/images/web-2.qcow2']);
		expect(plan).toMatchObject({method: 'full-clone', onFailure: 'undo'});
		const define = plan.steps.at(-1)!;
		expect(define.input).toContain('<source file="/images/web-2.qcow2"');
		expect(define.input).not.toContain(base);
	});

	test('a tag with a comma, one that is no text, and another folder', () => {
		const tagged = (tag: string, rawTag: string | null) =>
			inside({
				domain: {
					disks: [chained('vda', image(base, [entry(tag, {rawTag})]))],
					snapshots: [snapshot(tag, {libvirt: false, health: 'unmanaged'})],
				},
			});
		const wordsOf = (found: Facts, tag: string) => copyOf(planFor(found, wish({tag, full: true}))).argv;
		expect(wordsOf(tagged('a,b', null), 'a,b')).toContain('snapshot.id=1,snapshot.name=a,,b');
		expect(wordsOf(tagged('?', '\\377'), '?')).toContain('snapshot.id=1');
		const folder = {path: '/big', freeBytes: 100 * GiB, writable: true, entries: []};
		const found = inside({directories: {'/big': folder}});
		expect(copyOf(planFor(found, wish({tag: 's', full: true, dir: '/big'}))).argv.at(-1)).toBe('/big/web-2.qcow2');
	});
});

test.each<[string, Facts, Partial<CloneIntent>, string, RegExp]>([
	['no such snapshot', facts(), {tag: 'x'}, 'not-found', /virsnap list web/],
	['inside an image, linked', inside(), {tag: 's'}, 'method-mismatch', /--full/],
	['running, as it is', facts({domain: {state: 'running'}}), {full: true}, 'wrong-state', /one of its snapshots/],
	[
		'memory only',
		facts({domain: {snapshots: [snapshot('s', {kind: 'memory', disks: []})]}}),
		{tag: 's'},
		'no-disk',
		/those of the domain now/,
	],
	[
		'not whole',
		inside({domain: {snapshots: [snapshot('s', {health: 'orphaned', healthReason: 'It is gone.'})]}}),
		{tag: 's', full: true},
		'unhealthy',
		/./,
	],
	[
		'one of two',
		inside({domain: {snapshots: [snapshot('s'), snapshot('s', {duplicates: 1, libvirt: false})]}}),
		{tag: 's', full: true},
		'ambiguous-tag',
		/Delete all but one/,
	],
	[
		'a disk that is not in it',
		inside({domain: {disks: [chained('vda', image(base, [entry('s')])), disk('vdb')]}}),
		{tag: 's', full: true},
		'unsupported-disk',
		/snapshot that has all writable disks/,
	],
	['a block device', below({blockDevices: [base]}), {tag: 's', full: true}, 'unsupported-disk', /virsnap open/],
	[
		'encrypted',
		inside({domain: {disks: [{...chained('vda', image(base, [entry('s')])), encrypted: true}]}}),
		{tag: 's', full: true},
		'unsupported-disk',
		/./,
	],
	[
		'under a block job',
		below({domain: {disks: [{...chained('vda', image(overlay), image(base)), blockJob: 'active-commit'}]}}),
		{tag: 's'},
		'busy',
		/blockjob/,
	],
	[
		'written to by the domain itself',
		below({domain: {disks: [chained('vda', image(base))]}}),
		{tag: 's'},
		'unhealthy',
		/present disks/,
	],
	[
		'written to by another domain',
		below({others: [domain({uuid: 'o', name: 'other', state: 'running', disks: [chained('vda', image(base))]})]}),
		{tag: 's'},
		'has-dependants',
		/Shut other down/,
	],
	[
		'too large for the folder',
		inside({directories: {'/images': {path: '/images', freeBytes: GiB / 2, writable: true, entries: []}}}),
		{tag: 's', full: true},
		'no-space',
		/another folder \(virsnap clone web@s web-2 --full --dir DIR\)/,
	],
	[
		'a file of that name',
		inside({directories: {'/images': {path: '/images', freeBytes: 9 * GiB, writable: true, entries: ['web-2.qcow2']}}}),
		{tag: 's', full: true},
		'file-exists',
		/another name/,
	],
	['on another machine', inside({host: {elsewhere: 'it is'}}), {tag: 's', full: true}, 'unsupported', /there/],
	[
		'shareable',
		facts({domain: {disks: [disk('vda', {shareable: true})]}}),
		{full: true},
		'unsupported-disk',
		/virt-clone/,
	],
])('refused: %s', (_, found, more, code, remedy) => {
	const refusal = refusalOf(found, wish(more));
	expect(refusal).toMatchObject({code});
	expect(said(refusal.remedy)).toMatch(remedy);
});

describe('what is said', () => {
	test('memory is left behind, room is told, and that it depends on the layer', () => {
		const copy = planFor(inside(), wish({tag: 's', full: true}));
		expect(copy.warnings.join(' ')).toContain('The memory of s is not copied');
		expect(copy.space).toEqual([{where: '/images', neededBytes: expect.any(Number), freeBytes: 100 * GiB}]);
		// No more than the image occupies, though the disk could hold more.
		expect(copy.space![0]!.neededBytes).toBeLessThan(1.01 * GiB);
		expect(planFor(below(), wish({tag: 's'})).warnings.join(' ')).toContain(`depends on ${base}`);
		expect(planFor(facts(), wish({full: true})).warnings).toEqual([
			'web cannot be started until its disks are copied.',
		]);
		const off = inside({domain: {snapshots: [snapshot('s')]}});
		expect(planFor(off, wish({tag: 's', full: true}))).toMatchObject({consistency: 'shut off', warnings: []});
	});

	test('the definition of that time, and what it names that is gone', () => {
		const cdrom = "<disk device='cdrom'><source file='/iso/old.iso'/><target dev='sda'/><readonly/></disk>";
		const then = recorded(inside().domain).replace('</devices>', `${cdrom}</devices>`);
		const plan = planFor(inside({snapshotXml: {s: then}, gone: ['/iso/old.iso']}), wish({tag: 's', full: true}));
		expect(plan.steps.at(-1)!.input).toContain('/iso/old.iso');
		expect(plan.why).toContain('as the domain was then');
		expect(plan.warnings.join(' ')).toContain('/iso/old.iso (cdrom sda) is missing');
		expect(planFor(inside({snapshotXml: {}}), wish({tag: 's', full: true})).why).not.toContain('then');
	});
});

describe('a full clone that was interrupted', () => {
	const two = {disks: [disk('vda'), disk('vdb')]};
	const plan = planFor(facts({domain: two}), wish({full: true}));
	const files = ['web-2.vda.qcow2', 'web-2.vdb.qcow2'];
	const there = (more: FactsLike = {}) =>
		facts({
			...more,
			domain: {...two, ...more.domain},
			directories: {
				'/images': {path: '/images', freeBytes: 9 * GiB, writable: true, entries: ['vda.qcow2', 'vdb.qcow2', ...files]},
			},
		});
	const kindsOf = (receipt: ReturnType<typeof cutOff>, found: Facts) => {
		const {choices} = recoveryOf(receipt, found);
		return choices.flatMap(choice => ('plan' in choice ? [choice.plan.steps.map(({does}) => does.kind)] : []));
	};

	test('between two copies makes both again, since the domain may have run in between', () => {
		expect(plan.steps.map(({does}) => does.kind)).toEqual([
			...['new-file', 'private-mode', 'copy-image'],
			...['new-file', 'private-mode', 'copy-image'],
			'define-new',
		]);
		expect(kindsOf(cutOff(plan, 'dddddrp'), there())[0]).toEqual(['copy-image', 'copy-image', 'define-new']);
		expect(kindsOf(cutOff(plan, 'ddddddp'), there())[0]).toEqual(['define-new']);
	});

	test('is rolled back by removing both files, and takes no room for that', () => {
		const outcome = cloneBack(cutOff(plan, 'dddddrp'), there());
		expect('plan' in outcome && outcome.plan.steps.map(({argv}) => argv.at(-1))).toEqual(
			files.map(file => `/images/${file}`),
		);
		expect(outcome).not.toHaveProperty('plan.space');
	});

	test('of a snapshot is finished whatever the domain does, but not where the snapshot is another one by now', () => {
		const of = inside();
		const cut = cutOff(planFor(of, wish({tag: 's', full: true})), 'ddrp');
		const now = (more: Partial<Domain>) =>
			inside({
				domain: more,
				directories: {
					'/images': {path: '/images', freeBytes: 9 * GiB, writable: true, entries: ['vda.qcow2', 'web-2.qcow2']},
				},
			});
		expect(kindsOf(cut, now({state: 'shut off'}))[0]).toEqual(['copy-image', 'define-new']);
		const {refusals} = recoveryOf(cut, now({snapshots: []}));
		expect(refusals).toMatchObject([{id: 'go-on', refusal: {code: 'not-found'}}]);
	});
});
