/** Every method's create, revert and delete, with something broken at each step: what is there then, and whether recovery ends well. */
import {readdir} from 'node:fs/promises';
import path from 'node:path';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import type {Receipt} from '../../source/core/model/receipt.ts';
import {type Lab, startEmptyLab} from '../helpers/lab.ts';
import type {Case} from './cases.ts';
import {faultOf} from './inject.ts';
import {followToTheEnd, whatIsWrong} from './judge.ts';
import {canAct, isOtherAct} from './others.ts';
import {makeShim, type Shim} from './shim.ts';
import {rehearse, type Stage, setStage, strike} from './stage.ts';

export type Verdict = Case & {
	readonly steps: number;
	/** How the operation ended by itself. */
	readonly ended: string;
	/** What recovery said and did, in order. */
	readonly path: string;
	readonly recovered: boolean;
	readonly problem: string;
	readonly seconds: number;
};

/** `run` answers with the plan's number of steps alone where there is no such case. */
export type Bench = {readonly lab: Lab; run(wanted: Case): Promise<Verdict | number>; end(): Promise<void>};

export async function setUpBench(): Promise<Bench> {
	const lab = await startEmptyLab();
	const shim = await makeShim(path.join(lab.folder, 'shim'));
	let count = 0;
	return {
		lab,
		run: wanted => runCase(lab, shim, wanted, `case${++count}`),
		end: () => lab.stop(),
	};
}

/** As they were planned for the first case of each: which others there are is told without a stage. */
const plans = new Map<string, {readonly plan: Plan; readonly running: boolean}>();

const planKey = ({row, verb}: Case) => JSON.stringify([row, verb]);

async function runCase(lab: Lab, shim: Shim, wanted: Case, name: string): Promise<Verdict | number> {
	const started = performance.now();
	const known = plans.get(planKey(wanted));
	if (known && !canStrike(wanted, known.plan, known.running)) return known.plan.steps.length;
	const stage = await setStage(lab, shim, wanted, name);
	try {
		const {plan, facts: before} = await rehearse(stage, wanted);
		const running = before.domain.id !== null;
		plans.set(planKey(wanted), {plan, running});
		if (!canStrike(wanted, plan, running)) return plan.steps.length;
		const files = await readdir(stage.images);
		const fault = await faultOf(stage, wanted, before.domain, plan);
		if (!wanted.fault.startsWith('receipts') || wanted.when === 'in') await shim.arm(fault.arm);
		else await fault.now?.();
		const end = await carryOut(stage, plan, wanted);
		await shim.disarm();
		await fault.repair();
		if (end.receipt === null && !wanted.fault.startsWith('receipts')) throw new Error(`nothing started: ${end.ended}`);
		const recovery = await followToTheEnd(stage, end.receipt);
		const problem =
			recovery.problem ||
			(stage.link !== null && end.receipt?.status !== 'verified' ? 'the operation did not end there' : '') ||
			(await whatIsWrong(stage, wanted, plan, end.receipt, files, recovery.shutDown));
		return {
			...wanted,
			steps: plan.steps.length,
			ended: end.receipt?.message.startsWith('The operation was interrupted') ? 'cut off' : end.ended,
			path: recovery.path,
			recovered: problem === '',
			problem,
			seconds: Math.round((performance.now() - started) / 100) / 10,
		};
	} finally {
		await strike(stage);
	}
}

type End = {readonly receipt: Receipt | null; readonly ended: string};

async function carryOut({faulty, link}: Stage, plan: Plan, {fault}: Case): Promise<End> {
	let lost = false;
	// A client that watches connects again.
	if (fault === 'link') faulty.subscribe(() => (lost ||= faulty.view().connection.status === 'lost'));
	// As a person has it who has read the plan. Where the folder of receipts is gone nobody can be.
	await faulty.prepare().catch(() => {});
	const end = await faulty.carryOut(plan).then(
		receipt => ({receipt, ended: receipt.status as string}),
		(error: Error) => ({receipt: null, ended: error.name}),
	);
	if (fault === 'link' && !lost) throw new Error('the link was not cut');
	return fault === 'link, another client' ? foundBy(link!.open(), end) : end;
}

/** What another client learns. */
async function foundBy(client: Hypervisor, {ended}: End): Promise<End> {
	try {
		const [newest] = await client.receipts();
		const receipt = await client.follow(newest!.id);
		return ended === 'HostError' ? {receipt, ended: receipt.status} : {receipt: null, ended};
	} finally {
		await client.close();
	}
}

/** Only qemu-img writes to images by itself, and a QEMU has to be there to die. */
function canStrike(wanted: Case, plan: Plan, running: boolean): boolean {
	const {fault, step} = wanted;
	const {steps} = plan;
	if (step > steps.length) return false;
	if (isOtherAct(fault)) return canAct(wanted, plan, running);
	if (fault === 'torn write') return steps[step - 1]!.argv[0] === 'qemu-img';
	if (fault === 'libvirtd torn write') return steps[step - 1]!.argv[0] === 'virsh';
	return running || !fault.startsWith('QEMU');
}
