/** Memory that was saved into a file by hand: what is done to the disks afterwards spoils it, and the plan says so. */
import {expect, test} from 'vitest';
import type {SaveImage} from '../../../source/core/model/facts.ts';
import type {Intent} from '../../../source/core/model/intent.ts';
import type {Remedy} from '../../../source/core/model/remedy.ts';
import {chained, entry, image, uuid} from '../../facts/domain.ts';
import {type FactsLike, facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';
import {said} from '../../helpers/saying.ts';

const file = "/images/web's memory";
const inside = chained('vda', image('/images/vda.qcow2', [entry('s')]));
const overlaid = chained('vda', image('/images/vda.s.qcow2'), image('/images/vda.qcow2'));
const onBase = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true});

function saved(source: string, more: Partial<SaveImage> & {of?: string} = {}) {
	const xml = `<domain><name>web</name><uuid>${more.of ?? uuid}</uuid></domain>`;
	const writtenAt = '2026-03-01T12:00:00.000Z';
	return {[file]: {xml, sources: [{target: 'vda', source}], writtenAt, changedSince: [], ...more}};
}

/** What the plan says of that file: lost, warned of, or nothing. */
function told(like: FactsLike, intent: Intent): string {
	const {losses, warnings} = planFor(facts(like), intent);
	const has = (lines: readonly Remedy[]) =>
		lines.some(
			line => said(line).startsWith(`The memory in ${file}, saved `) && said(line).endsWith('restore it first.'),
		);
	return has(losses) ? 'lost' : has(warnings) ? 'warned' : 'nothing';
}

const revert = {verb: 'revert', tag: 's'} as const;
const remove = {verb: 'delete', tag: 's'} as const;
const internal = {snapshots: [snapshot('s')], disks: [inside]};
const merged = {snapshots: [onBase], disks: [overlaid]};

test.each<[string, FactsLike, Intent, string]>([
	['revert', {domain: internal, saveImages: saved('/images/vda.qcow2')}, revert, 'lost'],
	['delete', {domain: internal, saveImages: saved('/images/vda.qcow2')}, remove, 'lost'],
	[
		'the record alone',
		{domain: internal, saveImages: saved('/images/vda.qcow2')},
		{...remove, metadataOnly: true},
		'nothing',
	],
	['a merge', {domain: merged, saveImages: saved('/images/vda.s.qcow2')}, remove, 'lost'],
	['a revert that can be undone', {domain: merged, saveImages: saved('/images/vda.s.qcow2')}, revert, 'warned'],
	[
		'spoiled already',
		{domain: internal, saveImages: saved('/images/vda.qcow2', {changedSince: ['/images/vda.qcow2']})},
		revert,
		'nothing',
	],
	['of other disks', {domain: internal, saveImages: saved('/images/other.qcow2')}, revert, 'nothing'],
	['of another domain', {domain: internal, saveImages: saved('/images/vda.qcow2', {of: 'x'})}, revert, 'nothing'],
	['a start', {domain: internal, saveImages: saved('/images/vda.qcow2')}, {verb: 'start'}, 'warned'],
	['its own restore', {domain: internal, saveImages: saved('/images/vda.qcow2')}, {verb: 'restore', file}, 'nothing'],
	['running', {domain: {...internal, state: 'running'}, saveImages: saved('/images/vda.qcow2')}, revert, 'nothing'],
])('%s', (_, like, intent, expected) => {
	expect(told(like, intent)).toBe(expected);
});

test('a restore names the other files that fit the disks, which it spoils too', () => {
	const [image] = Object.values(saved('/images/vda.qcow2'));
	const like = {domain: internal, saveImages: {[file]: image!, '/images/other.save': image!}};
	const {warnings} = planFor(facts(like), {verb: 'restore', file: '/images/other.save'});
	expect(warnings.map(said)).toContainEqual(expect.stringContaining(`The memory in ${file},`));
});
