/** The table of faults: whose create, revert and delete, broken off at which step, by what, and when. */
import type {MethodId} from '../../source/core/model/intent.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {duringActs, justBeforeActs, type OtherAct, otherActs} from './others.ts';
import type {When} from './shim.ts';

export type Row = {
	readonly method: NonNullable<Plan['method']>;
	readonly running: boolean;
	readonly disks: number;
	/** Shut off before it goes back: where libvirt cannot do it otherwise. */
	readonly revertOff?: boolean;
	/** One snapshot below it and one above. */
	readonly middle?: boolean;
	/** The snapshot holds the first disk alone; those around it hold both. */
	readonly leftOut?: boolean;
	/** libvirt's managed save rather than a file. */
	readonly managed?: boolean;
	/** Protected before anything is broken off, which a revert must not lose. */
	readonly kept?: boolean;
	/** What an edit changes is its tag. */
	readonly renamed?: boolean;
	/** Of a clone: the method of the snapshot that is cloned; left out: the domain as it is. */
	readonly of?: MethodId;
	/** Left out: the first three. */
	readonly verbs?: readonly FaultVerb[];
};

/** Of memory: save, restore and drop. Of a clone: only that it is made. */
type FaultVerb = 'create' | 'revert' | 'delete' | 'edit';

const rows: readonly Row[] = [
	{method: 'libvirt-internal', running: true, disks: 2},
	{method: 'libvirt-internal', running: false, disks: 2},
	{method: 'qemu-img', running: false, disks: 2},
	{method: 'monitor', running: true, disks: 2},
	{method: 'external-offline', running: false, disks: 2},
	{method: 'external-live', running: true, disks: 2, revertOff: true},
	{method: 'external-full', running: true, disks: 2, revertOff: true},
	{method: 'external-offline', running: false, disks: 2, middle: true, verbs: ['revert', 'delete']},
	{method: 'external-live', running: true, disks: 2, revertOff: true, middle: true, verbs: ['revert', 'delete']},
	{method: 'external-offline', running: false, disks: 2, leftOut: true},
	{method: 'external-live', running: true, disks: 2, revertOff: true, leftOut: true},
	{method: 'external-offline', running: false, disks: 2, middle: true, leftOut: true, verbs: ['revert', 'delete']},
	{
		method: 'external-live',
		running: true,
		disks: 2,
		revertOff: true,
		middle: true,
		leftOut: true,
		verbs: ['revert', 'delete'],
	},
	{method: 'memory', running: true, disks: 2},
	{method: 'memory', running: true, disks: 2, managed: true},
	{method: 'linked-clone', running: false, disks: 2, verbs: ['create']},
	{method: 'linked-clone', running: true, disks: 2, of: 'external-live', verbs: ['create']},
	{method: 'full-clone', running: false, disks: 2, verbs: ['create']},
	{method: 'full-clone', running: true, disks: 2, of: 'libvirt-internal', verbs: ['create']},
	{method: 'libvirt-internal', running: true, disks: 2, verbs: ['edit']},
	{method: 'external-offline', running: false, disks: 2, kept: true, renamed: true, verbs: ['edit']},
	{method: 'external-live', running: true, disks: 2, middle: true, renamed: true, verbs: ['edit']},
	{method: 'libvirt-internal', running: true, disks: 2, kept: true, verbs: ['revert']},
	{method: 'external-live', running: true, disks: 2, revertOff: true, kept: true, verbs: ['revert']},
];

const verbs: readonly FaultVerb[] = ['create', 'revert', 'delete'];
type FaultName =
	| OtherAct
	| 'runner'
	| 'runner and command'
	| 'libvirtd'
	| 'QEMU'
	| 'torn write'
	| 'QEMU torn write'
	| 'libvirtd torn write'
	| 'disk full'
	| 'unreadable'
	| 'receipts full'
	| 'receipts read-only'
	| LinkFault;

/** The link to the host is cut, and the client connects again; or another client looks later what became of it. */
const linkFaults = ['link', 'link, another client'] as const;
export type LinkFault = (typeof linkFaults)[number];

export const isLinkFault = (fault: string): fault is LinkFault => (linkFaults as readonly string[]).includes(fault);

export type Case = {
	readonly row: Row;
	readonly verb: FaultVerb;
	readonly step: number;
	readonly fault: FaultName;
	readonly when: When;
};

const moments: readonly {readonly fault: FaultName; readonly when: When}[] = [
	{fault: 'runner', when: 'before'},
	{fault: 'runner', when: 'in'},
	{fault: 'runner', when: 'after'},
	{fault: 'runner and command', when: 'in'},
	{fault: 'libvirtd', when: 'before'},
	{fault: 'libvirtd', when: 'in'},
	{fault: 'libvirtd', when: 'after'},
	{fault: 'QEMU', when: 'before'},
	{fault: 'QEMU', when: 'in'},
	{fault: 'QEMU', when: 'after'},
	{fault: 'torn write', when: 'in'},
	{fault: 'QEMU torn write', when: 'in'},
	{fault: 'libvirtd torn write', when: 'in'},
	{fault: 'disk full', when: 'before'},
	{fault: 'unreadable', when: 'before'},
	{fault: 'receipts full', when: 'before'},
	{fault: 'receipts full', when: 'in'},
	{fault: 'receipts read-only', when: 'before'},
	{fault: 'link', when: 'before'},
	{fault: 'link', when: 'in'},
	{fault: 'link', when: 'after'},
	{fault: 'link, another client', when: 'in'},
	...otherActs.map(fault => ({fault, when: fault === 'file put' ? 'before' : 'after'}) as const),
	...duringActs.map(fault => ({fault, when: 'in'}) as const),
	...justBeforeActs.map(fault => ({fault, when: 'before'}) as const),
];

/** Told by the first step; for later ones it says what another moment does. */
const isOnce = ({fault, when}: Pick<Case, 'fault' | 'when'>): boolean =>
	(when === 'before' && (fault.startsWith('receipts') || fault === 'link')) || fault === 'link, another client';

/** Every case there is; those of steps that a plan does not have are found out when run. */
export function allCases(mostSteps = 10): Case[] {
	return rows.flatMap(row =>
		(row.verbs ?? verbs).flatMap(verb =>
			Array.from({length: mostSteps}, (_, index) => index + 1).flatMap(step =>
				moments
					.filter(moment => step === 1 || !isOnce(moment))
					.filter(({fault}) => !isLinkFault(fault) || !(row.middle || row.kept))
					.filter(({fault}) => row.running || !fault.startsWith('QEMU'))
					.map(({fault, when}) => ({row, verb, step, fault, when})),
			),
		),
	);
}

/** The cases in an order that a seed decides, so that the first of them are a fair sample. */
export function shuffled(cases: readonly Case[], seed: number): Case[] {
	let state = seed;
	const next = () => {
		// A linear congruential generator (Numerical Recipes): any will do, as long as it is always the same.
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state;
	};
	return cases
		.map(one => ({one, key: next()}))
		.sort((a, b) => a.key - b.key)
		.map(({one}) => one);
}
