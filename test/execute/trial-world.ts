/** A world for the executor that answers from tables, and a plan of three steps that change nothing. */
import type {Facts} from '../../source/core/model/facts.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import type {Step} from '../../source/core/model/step.ts';
import type {Writes} from '../../source/core/steps/overwritten.ts';
import type {CommandResult} from '../../source/execute/steps/run-command.ts';
import type {ExecutorSurroundings} from '../../source/execute/surroundings.ts';
import {domain} from '../facts/domain.ts';
import {facts} from '../facts/facts.ts';
import {planOf} from '../facts/plan.ts';
import {snapshot} from '../facts/snapshot.ts';

export const before = facts();
export const after = facts({domain: domain({snapshots: [snapshot('a')]})});

export function step(title: string, more: Partial<Step> = {}): Step {
	// Facts show nothing of this kind, and it changes none.
	const does = {kind: 'compare', overlay: title, base: title, format: 'qcow2'} as const;
	return {title, does, argv: ['do', title], success: 'exit', changes: [], undo: ['undo', title], ...more};
}

export function plan(more: Partial<Plan> = {}): Plan {
	return planOf([step('one'), step('two'), step('three')], {
		tag: 'a',
		expect: [{kind: 'snapshot', tag: 'a', health: ['ok']}],
		...more,
	});
}

export const ok: CommandResult = {exitCode: 0, stdout: '', stderr: ''};

/** A world that answers from tables and writes down what happened, in order. */
export function fakeWorld(
	options: {
		/** What reading finds, one after the other; the last one stays. */
		reads?: (Facts | Error)[];
		results?: Record<string, CommandResult>;
		/** What is found right before another step. */
		between?: Facts;
		/** Device and inode by file. */
		files?: Record<string, string>;
		/** When each was written to. */
		written?: Record<string, string>;
		/** What was written to the definition, one answer after the other. */
		definition?: Writes[];
		/** Saving fails from this receipt on. */
		diskFullAt?: number;
	} = {},
) {
	const diary: string[] = [];
	const saved: Receipt[] = [];
	const reads = [...(options.reads ?? [before, after])];
	const definition = [...(options.definition ?? [])];
	let clock = 0;
	async function read() {
		diary.push('read');
		const found = reads.length > 1 ? reads.shift()! : reads[0]!;
		if (found instanceof Error) throw found;
		return found;
	}
	/** Right before another step the facts are those of before, or what the test says. */
	async function readAfter() {
		const records = saved.at(-1)!.steps.map(({status}) => status);
		const between = records.includes('pending') && records.every(status => status === 'pending' || status === 'done');
		if (!between) return read();
		diary.push('look');
		return options.between ?? before;
	}
	const surroundings: ExecutorSurroundings = {
		facts: read,
		pictures: async () => {},
		factsAfter: readAfter,
		savedDomain: async () => null,
		factsBrokenOff: read,
		cancelled: async () => false,
		watch: () => async () => false,
		note: () => {},
		onReceipt: () => {},
		async run(argv, input) {
			diary.push(argv.join(' ') + (input ? ` < ${input}` : ''));
			return options.results?.[argv.join(' ')] ?? ok;
		},
		async save(receipt) {
			if (saved.length >= (options.diskFullAt ?? Number.POSITIVE_INFINITY)) throw new Error('disk full');
			saved.push(structuredClone(receipt));
			diary.push(`save ${receipt.status} ${receipt.steps.map(record => record.status[0]).join('')}`);
		},
		definition: {written: async () => definition.shift() ?? {texts: [], missed: false}},
		identify: async file => options.files?.[file] ?? null,
		writtenAt: async file => options.written?.[file] ?? null,
		now: () => new Date(Date.UTC(2026, 0, 2, 3, 4, 5, clock++)).toISOString(),
		remedyFor: words => (words.includes('locked') ? 'Unlock it.' : null),
	};
	return {surroundings, diary, saved};
}
