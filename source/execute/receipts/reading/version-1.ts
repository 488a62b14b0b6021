/**
 * Receipts of version 1, which kept a step's command and not what it does. The one place that reads argv to learn that; what it
 * finds has to give the very same command again.
 */

import {uuidOf} from '../../../core/domain-xml/identity.ts';
import {domainSources} from '../../../core/domain-xml/sources.ts';
import type {Does, DomainAddress, PlacedDisk, TakenOver} from '../../../core/model/does.ts';
import {stepKindOf} from '../../../core/steps/kinds.ts';
import {isRecord, type Loose} from './loose.ts';

/** The same receipt in the form of version 2; null where it is no receipt of version 1, or one of its commands is none of that version. */
export function fromVersion1(value: Loose): Loose | null {
	const {plan} = value;
	if (value.version !== 1 || !isRecord(plan) || !Array.isArray(plan.steps)) return null;
	const steps: Loose[] = [];
	for (const step of plan.steps) {
		const renewed = isRecord(step) ? renew(step, plan) : null;
		if (renewed === null) return null;
		steps.push(renewed);
	}

	return {...value, version: 2, made: null, plan: {...plan, steps}};
}

function renew(step: Loose, plan: Loose): Loose | null {
	const {argv} = step;
	if (!isWords(argv)) return null;
	const does = doesOf({argv, undo: isWords(step.undo) ? step.undo : null, step, plan});
	if (does === null || !same(withoutNews(does), argv)) return null;
	const kind = stepKindOf(does);
	const undo = kind.undo(does);
	// What the planner did not mean to take back stays so.
	return {
		...step,
		does,
		argv: kind.argv(does),
		success: kind.success,
		undo: step.undo === null || undo === null ? null : stepKindOf(undo).argv(undo),
	};
}

/** The command as version 1 had it: it did not ask `cp` to say that it has copied. */
function withoutNews(does: Does): readonly string[] {
	return stepKindOf(does)
		.argv(does)
		.filter(word => word !== '--verbose');
}

type Old = {
	readonly argv: readonly string[];
	readonly undo: readonly string[] | null;
	readonly step: Loose;
	readonly plan: Loose;
};

function doesOf(old: Old): Does | null {
	const [program] = old.argv;
	if (program === 'virsh') return virshDoes(old);
	return program === 'qemu-img' ? imageDoes(old) : fileDoes(old);
}

function fileDoes({argv, undo}: Old): Does | null {
	const files = argv.slice(argv.indexOf('--') + 1);
	const [first = '', second = ''] = files;
	switch (argv[0]) {
		case 'cp': {
			const takenOver = optionOf(argv, 'preserve') as TakenOver;
			return argv.includes('--attributes-only')
				? {kind: 'new-file', file: second, like: first, takenOver}
				: {kind: 'copy-file', from: first, to: second, takenOver};
		}

		case 'chmod':
			return {kind: 'private-mode', files, made: undo !== null};
		case 'rm':
			return {kind: 'remove-file', file: first};
		default:
			return null;
	}
}

const actions = {'-c': 'create', '-a': 'apply', '-d': 'delete'} as const;

function imageDoes({argv}: Old): Does | null {
	const [, command, flag = '', tag = ''] = argv;
	const last = argv.at(-1) ?? '';
	const after = (option: string) => argv[argv.indexOf(option) + 1] ?? '';
	switch (command) {
		case 'create':
			return {kind: 'overlay', file: last, base: after('-b'), format: after('-F')};
		case 'snapshot': {
			const action = Object.hasOwn(actions, flag) ? actions[flag as keyof typeof actions] : null;
			return action === null ? null : {kind: 'image-snapshot', action, tag, file: last};
		}

		case 'check':
			return {kind: 'repair', file: last, what: after('-r') === 'all' ? 'all' : 'leaks'};
		case 'commit': {
			const through = argv.includes('-b');
			return {kind: 'merge', overlay: last, format: after('-f'), base: through ? after('-b') : null, through};
		}

		case 'rebase':
			return {kind: 'rebase', file: last, base: after('-b'), format: after('-F')};
		case 'compare':
			return {kind: 'compare', overlay: argv.at(-2) ?? '', base: last, format: after('-F')};
		default:
			return null;
	}
}

function virshDoes(old: Old): Does | null {
	const rest = old.argv.slice(1);
	const uri = rest[0] === '-c' ? (rest[1] ?? null) : null;
	const [command = '', ...words] = uri === null ? rest : rest.slice(2);
	const planned = isRecord(old.plan.domain) ? String(old.plan.domain.uuid) : '';
	const on = {uri, uuid: optionOf(words, 'domain') ?? planned};
	return (
		snapshotDoes(command, words, on, old) ?? monitorDoes(command, words, on) ?? domainDoes(command, words, on, old)
	);
}

function snapshotDoes(command: string, words: readonly string[], on: DomainAddress, {undo, step}: Old): Does | null {
	const tag = optionOf(words, 'snapshotname') ?? '';
	switch (command) {
		case 'snapshot-create-as':
			return createDoes(words, on);
		case 'snapshot-delete':
			return {kind: words.includes('--metadata') ? 'forget-snapshot' : 'delete-snapshot', on, tag};
		case 'snapshot-revert':
			return {kind: 'revert-snapshot', on, tag, afterwards: afterwardsOf(words)};
		case 'snapshot-current':
			return {kind: 'current-snapshot', on, tag, before: optionOf(undo ?? [], 'snapshotname')};
		case 'snapshot-create': {
			const name = /<name>([^<]*)<\/name>/.exec(String(step.input))?.[1] ?? '';
			return {kind: 'redefine-snapshot', on, tag: name, current: words.includes('--current')};
		}

		default:
			return null;
	}
}

/** A comma within a value is doubled (virsh(1), snapshot-create-as). */
function fieldsOf(spec: string): string[] {
	return spec
		.replaceAll(',,', '\0')
		.split(',')
		.map(field => field.replaceAll('\0', ','));
}

function createDoes(words: readonly string[], on: DomainAddress): Does {
	const memory = optionOf(words, 'memspec');
	const disks = words.flatMap(word => {
		if (!word.startsWith('--diskspec=')) return [];
		const [target = '', snapshot = '', file] = fieldsOf(word.slice('--diskspec='.length));
		const how = snapshot.slice('snapshot='.length) as 'internal' | 'external' | 'no';
		return [{target, snapshot: how, file: file?.slice('file='.length) ?? null}];
	});
	return {
		kind: 'create-snapshot',
		on,
		tag: optionOf(words, 'name') ?? '',
		description: optionOf(words, 'description'),
		external: words.includes('--atomic'),
		memory: memory === null ? null : fieldsOf(memory)[0]!.slice('file='.length),
		live: words.includes('--live'),
		quiesce: words.includes('--quiesce'),
		disks,
	};
}

function monitorDoes(command: string, words: readonly string[], on: DomainAddress): Does | null {
	const line = /^(savevm|loadvm|delvm) "(.*)"$/s.exec(optionOf(words, 'cmd') ?? '');
	if (command !== 'qemu-monitor-command' || line === null) return null;
	const meant: Readonly<Record<string, string>> = {n: '\n', r: '\r'};
	const tag = line[2]!.replace(/\\(.)/g, (_, sign: string) => meant[sign] ?? sign);
	return {kind: 'monitor-snapshot', on, action: line[1] as 'savevm' | 'loadvm' | 'delvm', tag};
}

function domainDoes(command: string, words: readonly string[], on: DomainAddress, old: Old): Does | null {
	const target = optionOf(words, 'path') ?? '';
	switch (command) {
		case 'define':
			return defineDoes(on, old);
		case 'undefine': {
			const nvram = words.includes('--nvram') ? 'remove' : words.includes('--keep-nvram') ? 'keep' : null;
			return {kind: 'undefine', on, nvram};
		}

		case 'blockcommit': {
			const range = words.includes('--shallow') ? 'one' : words.includes('--active') ? 'all' : 'below';
			const [top, base] = [optionOf(words, 'top'), optionOf(words, 'base')];
			return {kind: 'live-merge', on, target, top, base, range};
		}

		case 'blockjob':
			return {kind: 'end-block-job', on, target, how: words.includes('--pivot') ? 'pivot' : 'abort'};
		case 'save':
			return {kind: 'save', on, file: optionOf(words, 'file') ?? ''};
		case 'managedsave':
			return {kind: 'managed-save', on};
		case 'managedsave-remove':
			return {kind: 'drop-managed-save', on};
		case 'restore': {
			const [file, changed] = [optionOf(words, 'file') ?? '', optionOf(words, 'xml') !== null];
			return {kind: 'restore', on, file, afterwards: afterwardsOf(words), changed};
		}

		case 'start':
		case 'shutdown':
		case 'destroy':
		case 'suspend':
		case 'resume':
			return {kind: 'power', on, verb: command, paused: words.includes('--paused')};
		default:
			return null;
	}
}

/** The disks that the plan moves, as the new definition and the one before have them. */
function defineDoes({uri, uuid}: DomainAddress, {step, plan}: Old): Does {
	const expect = (Array.isArray(plan.expect) ? plan.expect : []).filter(isRecord);
	const made = expect.find(one => one.kind === 'domain');
	if (made) return {kind: 'define-new', on: {uri, uuid: uuidOf(String(step.input)) ?? ''}, name: String(made.name)};
	const moved = new Set(expect.flatMap(one => (one.kind === 'source' ? [one.target] : [])));
	const places = (xml: unknown): PlacedDisk[] =>
		domainSources(typeof xml === 'string' ? xml : '').flatMap(({target, source, format}) =>
			moved.has(target) && source?.startsWith('/') ? [{target, file: source, format}] : [],
		);
	return {kind: 'define', on: {uri, uuid}, disks: places(step.input), before: places(step.undoInput)};
}

function afterwardsOf(words: readonly string[]): 'running' | 'paused' | null {
	if (words.includes('--running')) return 'running';
	return words.includes('--paused') ? 'paused' : null;
}

function optionOf(words: readonly string[], name: string): string | null {
	return words.find(word => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null;
}

function isWords(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every(word => typeof word === 'string');
}

function same(one: readonly string[], other: readonly string[]): boolean {
	return JSON.stringify(one) === JSON.stringify(other);
}
