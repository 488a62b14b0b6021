/** libvirt's revert brings the metadata of that time back: protection and expiry stay as they are now. */
import {expect, test} from 'vitest';
import {retentionXml} from '../../../source/core/domain-xml/retention.ts';
import {basisOf} from '../../../source/core/planning/basis.ts';
import {finish} from '../../../source/core/recover/finish.ts';
import {recoveryOf} from '../../../source/core/recover/recovery.ts';
import {isTrueToItself} from '../../../source/core/steps/step.ts';
import {chained, domain, entry, image, taken} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {cutOff} from '../../facts/receipt.ts';
import {snapshot} from '../../facts/snapshot.ts';

const golden = {tag: 's', createdAt: taken, protected: true, expiresAt: null};
const metadata = retentionXml([golden])
	.replace('<snapshots>', '<v:snapshots xmlns:v="urn:virsnap:snapshots:1">')
	.replace('</snap', '</v:snap');
const recorded = (inside: string) => `<domainsnapshot><domain><metadata>${inside}</metadata></domain></domainsnapshot>`;

function reverting(now: readonly (typeof golden)[], then: string, like: FactsLike = {}) {
	const s = snapshot('s', {protected: now.length > 0, state: like.domain?.state === 'running' ? 'running' : 'shutoff'});
	const disks = [chained('vda', image('/images/vda.qcow2', [entry('s')]))];
	const found = facts({
		snapshotXml: {s: recorded(then)},
		...like,
		domain: {disks, snapshots: [s], retentions: now, ...like.domain},
	});
	return planFor(found, {verb: 'revert', tag: 's'});
}

test.each<[string, readonly (typeof golden)[], string, FactsLike, string[] | null]>([
	['protected since', [golden], '', {}, ['--config', '--set']],
	['protected since, and running', [golden], '', {domain: {state: 'running'}}, ['--live', '--config', '--set']],
	['protected then too', [golden], metadata, {}, null],
	['protected then, and not any more', [], metadata, {}, ['--config', '--remove']],
	['never', [], '', {}, null],
	['by qemu-img', [golden], '', {domain: {snapshots: [snapshot('s', {libvirt: false, health: 'unmanaged'})]}}, null],
])('%s', (_, now, then, like, words) => {
	const {steps, expect: expected} = reverting(now, then, like);
	const last = steps.at(-1)!;
	expect(last.does.kind === 'set-retention').toBe(words !== null);
	if (words === null) return;
	const options = last.argv.map(word => word.replace(/=.*/s, '')).filter(word => words.includes(word));
	expect(options).toEqual(words);
	expect(last.undo).toBeNull();
	expect(isTrueToItself(last)).toBe(true);
	expect(expected.some(one => one.kind === 'snapshot' && one.protected === true)).toBe(now.length > 0);
});

test.each([
	['the running definition said it then, the one for the next start did not', metadata, ''],
	['the one for the next start said it then, the running definition did not', '', metadata],
])('%s', (_, live, next) => {
	const last = (running: string, other: string) => {
		const next = `<inactiveDomain><metadata>${other}</metadata></inactiveDomain>`;
		const record = recorded(running).replace('</domainsnapshot>', `${next}</domainsnapshot>`);
		return reverting([golden], '', {snapshotXml: {s: record}}).steps.at(-1)!.does.kind;
	};
	expect(last(live, next)).toBe('set-retention');
	expect(last(metadata, metadata)).toBe('revert-snapshot');
});

test('interrupted before the revert, finishing it begins with the revert: what is there already shows nothing', () => {
	const plan = reverting([golden], '');
	const found = facts({domain: domain({snapshots: [snapshot('s', {protected: true})], retentions: [golden]})});
	const shown = ['repeatable', 'repeatable'] as const;
	const outcome = finish({id: 'x', plan, steps: []}, {evidence: shown, shown}, found, {
		jobs: [],
		leftovers: [],
		taken: [],
	});
	expect('plan' in outcome && outcome.plan.steps.map(({does}) => does.kind)).toEqual([
		'revert-snapshot',
		'set-retention',
	]);
});

test('interrupted between the two, what is left is to say it again', () => {
	const plan = reverting([golden], '');
	const found = facts({
		domain: {
			disks: [chained('vda', image('/images/vda.qcow2', [entry('s')]))],
			snapshots: [snapshot('s', {current: true})],
		},
		snapshotXml: {s: recorded('')},
	});
	const {verdict, findings, choices} = recoveryOf(cutOff(plan, 'dr'), found);
	expect(verdict).toBe('partly');
	expect(findings.join(' ')).toContain('s is not protected.');
	const goOn = choices.find(({id}) => id === 'go-on');
	expect(goOn && 'plan' in goOn && goOn.plan.steps.map(({does}) => does.kind)).toEqual(['set-retention']);
});

test("broken off in libvirt's revert, which has stopped the domain: planned anew, it still says what was said before", () => {
	const plan = reverting([golden], '', {domain: {state: 'running'}});
	const found = facts({
		domain: {
			disks: [chained('vda', image('/images/vda.qcow2', [entry('s')]))],
			snapshots: [snapshot('s', {state: 'running'})],
		},
		snapshotXml: {s: recorded('')},
	});
	const goOn = recoveryOf(cutOff(plan, 'r.'), found).choices.find(({id}) => id === 'go-on');
	const anew = goOn && 'plan' in goOn ? goOn.plan : null;
	expect(anew?.steps.map(({does}) => (does.kind === 'set-retention' ? does.retentions : does.kind))).toEqual([
		'revert-snapshot',
		[golden],
	]);
	expect(anew?.basis).toEqual(basisOf(found));
});

test('somebody has taken a snapshot in between: theirs is the current one', () => {
	const plan = reverting([golden], '');
	const found = facts({
		domain: {
			disks: [chained('vda', image('/images/vda.qcow2', [entry('s'), entry('theirs', {id: '2'})]))],
			snapshots: [snapshot('s'), snapshot('theirs', {current: true, parent: 's'})],
		},
		snapshotXml: {s: recorded('')},
	});
	const goOn = recoveryOf(cutOff(plan, 'dr'), found).choices.find(({id}) => id === 'go-on');
	expect(goOn && 'plan' in goOn && goOn.plan.expect.some(({kind}) => kind === 'current')).toBe(false);
});

test('libvirt had gone back, and then somebody stopped the domain: it stays so', () => {
	const plan = reverting([golden], '', {domain: {state: 'running'}});
	const found = facts({
		domain: {
			disks: [chained('vda', image('/images/vda.qcow2', [entry('s')]))],
			snapshots: [snapshot('s', {state: 'running', current: true})],
		},
		snapshotXml: {s: recorded('')},
	});
	const goOn = recoveryOf(cutOff(plan, 'dr'), found).choices.find(({id}) => id === 'go-on');
	const rest = goOn && 'plan' in goOn ? goOn.plan : null;
	expect(rest?.steps.map(({does}) => does)).toMatchObject([{kind: 'set-retention', where: ['config']}]);
	expect(rest?.expect.some(({kind}) => kind === 'state')).toBe(false);
	expect(rest?.warnings.at(-1)).toBe('The domain is shut off now, and stays so.');
});
