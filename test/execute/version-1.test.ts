/**
 * Receipts of version 1, which kept commands and not what they do: recorded ones, written by the program as it was then on a lab of
 * libvirt 9.0, and each kind of step there is.
 */
import {readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';
import {receiptText} from '../../source/commands/operations/receipt-text.ts';
import type {Does, Kind} from '../../source/core/model/does.ts';
import {undoable} from '../../source/core/recover/undo.ts';
import {kinds} from '../../source/core/steps/kinds.ts';
import {step} from '../../source/core/steps/step.ts';
import {typedThere} from '../../source/core/words/remedy.ts';
import {newReceipt} from '../../source/execute/receipts/new-receipt.ts';
import {parseReceipt} from '../../source/execute/receipts/reading/parse.ts';
import {facts} from '../facts/facts.ts';
import {planFor} from '../facts/plan.ts';

const folder = fileURLToPath(new URL('../fixtures/receipts-version-1/', import.meta.url));
const recorded = readdirSync(folder).map(name => [name, readFileSync(path.join(folder, name), 'utf8')] as const);

function parsed(text: string) {
	const found = parseReceipt(text);
	if ('reason' in found) throw new Error(found.reason);
	return found.receipt;
}

test.each(recorded)('%s is read, and shown as it was', (_name, text) => {
	const old = JSON.parse(text);
	const receipt = parsed(text);
	const words = (steps: readonly {argv: readonly string[]; undo: readonly string[] | null}[]) =>
		steps.map(({argv, undo}) => ({argv: argv.filter(word => word !== '--verbose'), undo}));
	expect(words(receipt.plan.steps)).toEqual(words(old.plan.steps));
	expect({...receipt, version: 1, plan: null}).toEqual({...old, made: null, plan: null});
	for (const {argv} of receipt.plan.steps) expect(receiptText(receipt, typedThere)).toContain(argv[0]);
	if (receipt.status === 'verified' && old.plan.wayBack !== '') expect(undoable(receipt)).not.toContain('did not come');
});

const on = {uri: 'qemu:///system', uuid: '6c6281a2-6c1f-4d9a-9e85-b306cf47cd40'};
const tag = 'odd "tag", with\\all\nof it';
const disks = [{target: 'vda', file: '/i/a,b.qcow2', format: 'qcow2'}];
const definition = (file: string) =>
	`<domain><uuid>${on.uuid}</uuid><devices><disk type='file'><driver type='qcow2'/><source file='${file}'/><target dev='vda'/></disk></devices></domain>`;

/** Kinds that came later stand in no receipt of version 1. */
const later: readonly Kind[] = ['set-retention', 'record-snapshot', 'copy-image'];
type OldKind = Exclude<Kind, 'set-retention' | 'record-snapshot' | 'copy-image'>;

/** One of each, as the planners of version 1 made them. */
const examples: {readonly [K in OldKind]: Extract<Does, {kind: K}>} = {
	'new-file': {kind: 'new-file', file: '/i/new', like: '/i/old', takenOver: 'mode,ownership'},
	'private-mode': {kind: 'private-mode', files: ['/i/new'], made: true},
	'copy-file': {kind: 'copy-file', from: '/i/a', to: '/i/b', takenOver: 'mode'},
	'remove-file': {kind: 'remove-file', file: '-f'},
	overlay: {kind: 'overlay', file: '/i/new', base: '/i/old', format: 'raw'},
	'image-snapshot': {kind: 'image-snapshot', action: 'delete', tag: '-a', file: '/i/a'},
	repair: {kind: 'repair', file: '/i/a', what: 'leaks'},
	merge: {kind: 'merge', overlay: '/i/b', format: 'qcow2', base: '/i/a', through: true},
	rebase: {kind: 'rebase', file: '/i/b', base: '/i/a', format: 'raw'},
	compare: {kind: 'compare', overlay: '/i/b', base: '/i/a', format: 'raw'},
	'create-snapshot': {
		kind: 'create-snapshot',
		on,
		tag,
		description: '--memspec=none',
		external: true,
		memory: '/i/a,b.memory',
		live: true,
		quiesce: false,
		disks: [
			{target: 'vda', snapshot: 'external', file: '/i/a,b.qcow2'},
			{target: 'vdb', snapshot: 'no', file: null},
		],
	},
	'delete-snapshot': {kind: 'delete-snapshot', on, tag},
	'forget-snapshot': {kind: 'forget-snapshot', on, tag},
	'revert-snapshot': {kind: 'revert-snapshot', on, tag, afterwards: 'paused'},
	'current-snapshot': {kind: 'current-snapshot', on, tag, before: 'other'},
	'redefine-snapshot': {kind: 'redefine-snapshot', on, tag: 'child', current: true},
	'monitor-snapshot': {kind: 'monitor-snapshot', on, action: 'savevm', tag},
	define: {kind: 'define', on, disks, before: [{...disks[0]!, file: '/i/before.qcow2'}]},
	'define-new': {kind: 'define-new', on, name: 'twin'},
	undefine: {kind: 'undefine', on, nvram: 'remove'},
	'live-merge': {kind: 'live-merge', on, target: 'vda', top: '/i/b', base: '/i/a', range: 'below'},
	'end-block-job': {kind: 'end-block-job', on, target: 'vda', how: 'abort'},
	save: {kind: 'save', on, file: '/i/memory'},
	'managed-save': {kind: 'managed-save', on},
	'drop-managed-save': {kind: 'drop-managed-save', on},
	restore: {kind: 'restore', on, file: '/i/memory', afterwards: 'running', changed: true},
	power: {kind: 'power', on, verb: 'suspend', paused: false},
};

const inputs: Readonly<Partial<Record<Kind, {input: string; undoInput?: string}>>> = {
	define: {input: definition('/i/a,b.qcow2'), undoInput: definition('/i/before.qcow2')},
	'define-new': {input: definition('/i/a')},
	'redefine-snapshot': {input: '<domainsnapshot><name>child</name></domainsnapshot>'},
};

/** A receipt of version 1 with this one step. */
function oldReceipt(kind: OldKind) {
	const made = step(examples[kind], {title: kind, ...inputs[kind]});
	const expected =
		kind === 'define-new'
			? [{kind: 'domain', name: 'twin'} as const]
			: [{kind: 'source', target: 'vda', file: '/i/a,b.qcow2'} as const];
	const plan = {...planFor(facts(), {verb: 'start'}), domain: {uuid: on.uuid, name: 'web'}, expect: expected};
	const receipt = newReceipt({...plan, steps: [made]}, '2026-01-02T03:04:05.678Z');
	const {does: _, ...kept} = made;
	const step1 = {...kept, argv: kept.argv.filter(word => word !== '--verbose')};
	return {...receipt, version: 1, plan: {...receipt.plan, steps: [step1]}};
}

describe('each kind of step is told from its words', () => {
	test.each((Object.keys(kinds) as Kind[]).filter((kind): kind is OldKind => !later.includes(kind)))('%s', kind => {
		expect(parsed(JSON.stringify(oldReceipt(kind))).plan.steps[0]!.does).toEqual(examples[kind]);
	});

	test.each([
		['virsh', 'undefine', '--domain=x', '--remove-all-storage'],
		['virsh', 'destroy', '--domain=x', '--graceful'],
		['rm', '-rf', '--', '/i/a'],
		['sh', '-c', 'true'],
		['qemu-img', 'create', '-q', '-f', 'qcow2', '-b', '/i/a', '-F', 'raw', '-o', 'compat=0.10', '/i/b'],
		['virsh', '-c', 'test:///default', 'snapshot-delete', '--domain=x', '--snapshotname=s', '--children'],
	])('no others: %s %s', (...argv) => {
		const old = oldReceipt('power');
		const edited = {...old, plan: {...old.plan, steps: [{...old.plan.steps[0]!, argv}]}};
		expect(parseReceipt(JSON.stringify(edited))).toEqual({reason: expect.stringContaining('version 1 does not know')});
	});
});
