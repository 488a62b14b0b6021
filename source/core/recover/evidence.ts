/** Whether one step of a plan has happened, concluded from the facts as they are now. */

import {type Domain, type Facts, isActive, knownAs, writableDisks} from '../model/domain.ts';
import type {Expectation, Plan, Step} from '../model/plan.ts';
import {basisOf, changedBasis} from '../planning/basis.ts';
import {directoryOf, fileNameOf} from '../planning/file-names.ts';

/**
 * - done, not-done: the facts show it
 * - half: something of it happened, or something else did; its own command cannot simply be run again
 * - repeatable: the facts cannot show it, but running it again gives the same (going back to the same contents)
 */
export type Evidence = 'done' | 'not-done' | 'half' | 'repeatable';

type Verdict = (argv: Argv, plan: Plan, facts: Facts) => Evidence;

/** A step's words: the program's own command, its `--option=value`s and what stands last. */
type Argv = {
	readonly words: readonly string[];
	readonly last: string;
	option(name: string): string | null;
	has(word: string): boolean;
};

/** What the facts show of this step of the plan; `half` where nothing is known of its command. */
export function evidenceOf({argv}: Pick<Step, 'argv'>, plan: Plan, facts: Facts): Evidence {
	return verdictOn(argv)?.(readable(wordsOf(argv)), plan, facts) ?? 'half';
}

/** Whether facts can say anything of this command: to be held against every plan there is. */
export function isJudged({argv}: Pick<Step, 'argv'>): boolean {
	return verdictOn(argv) !== undefined;
}

function verdictOn(argv: readonly string[]): Verdict | undefined {
	return verdicts[`${argv[0]} ${wordsOf(argv)[0]}`] ?? verdicts[argv[0] ?? ''];
}

function wordsOf([program, ...rest]: readonly string[]): string[] {
	return program === 'virsh' && rest[0] === '-c' ? rest.slice(2) : rest;
}

function readable(words: readonly string[]): Argv {
	return {
		words,
		last: words.at(-1) ?? '',
		option: name => words.find(word => word.startsWith(`--${name}=`))?.slice(name.length + 3) ?? null,
		has: word => words.includes(word),
	};
}

const yes = (done: boolean): Evidence => (done ? 'done' : 'not-done');
const powered =
	(is: (domain: Domain) => boolean): Verdict =>
	(_argv, _plan, {domain}) =>
		yes(is(domain));

const verdicts: Readonly<Record<string, Verdict>> = {
	'qemu-img snapshot': ({words: [, action, tag = '', file = '']}, plan, facts) => {
		const table = tableOf(facts, file);
		if (table === null) return 'half';
		if (action === '-a') return 'repeatable';
		const count = table.filter(entry => entry === tag).length;
		if (action === '-c') return yes(count > 0);
		return count > 1 && !isAsBefore(plan, facts) ? 'half' : yes(count === 0);
	},
	'qemu-img create': ({last}, _plan, facts) => {
		if (isInUse(facts, last)) return 'done';
		return fileExists(facts, last) ? 'repeatable' : 'not-done';
	},
	'qemu-img check': () => 'repeatable',
	'qemu-img commit': () => 'repeatable',
	'qemu-img compare': () => 'repeatable',
	'qemu-img rebase': ({words, last}, _plan, {domain}) => {
		const base = words[words.indexOf('-b') + 1];
		for (const {chain} of domain.disks) {
			const at = chain.findIndex(image => image.file === last);
			if (at >= 0) return yes(chain[at + 1]?.file === base);
		}

		// `-u` writes no more than the name of the base: twice is as good as once.
		return 'repeatable';
	},
	cp: ({last}, _plan, facts) => yes(fileExists(facts, last)),
	chmod: ({last}, _plan, facts) => (fileExists(facts, last) ? 'repeatable' : 'not-done'),
	rm: ({last}, _plan, facts) => yes(!fileExists(facts, last)),
	'virsh snapshot-create-as': (argv, plan, facts) => {
		const alike = facts.domain.snapshots.filter(snapshot => snapshot.tag === argv.option('name'));
		const moved = sourcesOf(plan).filter(source => runsOn(facts, source));
		if (alike.some(snapshot => snapshot.libvirt && snapshot.health === 'ok') && moved.length === sourcesOf(plan).length)
			return 'done';
		return alike.length === 0 && moved.length === 0 ? 'not-done' : 'half';
	},
	// A record that is written over what it says already stays the same.
	'virsh snapshot-create': () => 'repeatable',
	'virsh snapshot-delete': (argv, plan, facts) => {
		const alike = facts.domain.snapshots.filter(snapshot => snapshot.tag === argv.option('snapshotname'));
		if (argv.has('--metadata')) return yes(!alike.some(snapshot => snapshot.libvirt));
		const gone = plan.expect.every(
			expectation =>
				expectation.kind !== 'no-snapshot' || !facts.domain.snapshots.some(({tag}) => tag === expectation.tag),
		);
		if (gone && sourcesOf(plan).every(source => runsOn(facts, source))) return 'done';
		return isAsBefore(plan, facts) ? 'not-done' : 'half';
	},
	'virsh snapshot-revert': () => 'repeatable',
	// Often it was the current one before: that shows nothing of the steps before this one.
	'virsh snapshot-current': (argv, _plan, {domain}) =>
		domain.snapshots.some(snapshot => snapshot.current && snapshot.tag === argv.option('snapshotname'))
			? 'repeatable'
			: 'not-done',
	'virsh managedsave': powered(({managedSave}) => managedSave),
	'virsh managedsave-remove': powered(({managedSave}) => !managedSave),
	'virsh save': (argv, _plan, facts) => {
		const written = fileExists(facts, argv.option('file') ?? '');
		return written && isActive(facts.domain) ? 'half' : yes(written);
	},
	'virsh restore': powered(isActive),
	'virsh define': (_argv, plan, facts) => {
		const made = plan.expect.find(expectation => expectation.kind === 'domain');
		if (made) return yes(facts.domains.some(domain => domain.name === made.name));
		if (sourcesOf(plan).length === 0) return 'half';
		return yes(sourcesOf(plan).every(source => runsOn(facts, source)));
	},
	'virsh undefine': (argv, _plan, {domains}) => yes(!domains.some(({uuid}) => uuid === argv.option('domain'))),
	'virsh blockcommit': (argv, plan, facts) => {
		const source = sourcesOf(plan).find(({target}) => target === argv.option('path'));
		const disk = facts.domain.disks.find(({target}) => target === argv.option('path'));
		if (!source || !disk || disk.unreadable) return 'half';
		// Below the active layer: the disk runs on the same file before and after.
		const top = argv.option('top');
		const merged = top === null ? runsOn(facts, source) : !disk.chain.some(({file}) => file === top);
		// One that was broken off has written to the base, and no fact shows how much.
		return merged ? 'done' : 'repeatable';
	},
	'virsh qemu-monitor-command': (argv, plan, facts) => {
		const [command] = (argv.option('cmd') ?? '').split(' ');
		if (command === 'loadvm') return 'repeatable';
		const disks = writableDisks(facts.domain);
		const holding = disks.filter(disk => disk.chain[0]?.snapshots.some(({tag}) => tag === plan.tag));
		if (command === 'savevm')
			return holding.length === disks.length ? 'done' : holding.length === 0 ? 'not-done' : 'half';
		if (command !== 'delvm') return 'half';
		if (holding.length === 0) return 'done';
		return isAsBefore(plan, facts) ? 'not-done' : 'half';
	},
	'virsh start': powered(isActive),
	'virsh destroy': powered(domain => !isActive(domain)),
	'virsh shutdown': powered(domain => !isActive(domain)),
	'virsh suspend': powered(({state}) => state === 'paused'),
	'virsh resume': powered(({state}) => state === 'running' || state === 'idle'),
};

/** Whether everything the plan stood on is as it was. */
function isAsBefore(plan: Pick<Plan, 'basis'>, facts: Facts): boolean {
	return changedBasis(plan.basis, basisOf(facts)).length === 0;
}

/** Whether a file is there, as far as its folder could be read. */
export function fileExists(facts: Pick<Facts, 'directories'>, file: string): boolean {
	return facts.directories[directoryOf(file)]?.entries.includes(fileNameOf(file)) ?? false;
}

/** The new file that a step makes; null where it makes none. */
export function madeFile({undo}: Pick<Step, 'undo'>): string | null {
	return undo?.[0] === 'rm' ? undo.at(-1)! : null;
}

/** Whether any disk of any domain stands on this file. */
export function isInUse(facts: Pick<Facts, 'domain' | 'domains' | 'aliases'>, file: string): boolean {
	const known = knownAs(facts, file);
	return [facts.domain, ...facts.domains].some(domain =>
		domain.disks.some(({source, chain}) =>
			[source, ...chain.map(image => image.file)].some(name => name !== null && knownAs(facts, name) === known),
		),
	);
}

type Source = Extract<Expectation, {kind: 'source'}>;

/** The files that disks run on when the plan is done. */
export function sourcesOf(plan: Pick<Plan, 'expect'>): Source[] {
	return plan.expect.filter(expectation => expectation.kind === 'source');
}

/** Whether the disk runs on the file that it was to run on. */
export function runsOn({domain}: Pick<Facts, 'domain'>, {target, file}: Source): boolean {
	return domain.disks.some(disk => disk.target === target && disk.source === file);
}

/** Tags in an image's own table; null where it is in no present chain. */
function tableOf({domain}: Facts, file: string): string[] | null {
	const image = domain.disks.flatMap(disk => disk.chain).find(candidate => candidate.file === file);
	return image?.snapshots.map(({tag}) => tag) ?? null;
}
