/**
 * A revert by qemu-img that stopped between two images: the disks are of two points in time until all of them have gone back. No fact
 * shows which have, nor whether a domain has run and written since; so all of them go back once more.
 */

import {makePlan} from '../make-plan.ts';
import type {Disk} from '../model/disk.ts';
import {isActive, writableDisks} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Intent} from '../model/intent.ts';
import type {Outcome, Plan} from '../model/plan.ts';
import type {Receipt} from '../model/receipt.ts';
import {refuse} from '../model/refusal.ts';
import type {Snapshot} from '../model/snapshot.ts';
import {basisOf} from '../planning/basis.ts';
import {byVirsh, byVirsnap} from '../steps/hints.ts';
import {remedy} from '../words/remedy.ts';
import {enumerate, t} from '../words/text.ts';

type Broken = Pick<Receipt, 'id' | 'plan' | 'steps'>;

/** Whether any image was begun to be brought back. */
export function hasRevertedImages({plan, steps}: Broken): boolean {
	return revertsOf({plan, steps}).some(({begun}) => begun);
}

/** One sentence where some of its disks were brought back and others were not; null where that is not so. */
export function mixedDisks(receipt: Broken, {domain}: Facts): string | null {
	const {plan} = receipt;
	const at = (begun: boolean) =>
		enumerate(
			revertsOf(receipt)
				.filter(one => one.begun === begun)
				.flatMap(({file}) => domain.disks.find(disk => stands(disk, file))?.target ?? []),
		);
	const [back, not] = [at(true), at(false)];
	if (back === '' || not === '') return null;
	return t`The disks of ${domain.name} are of two points in time: ${back} went back to ${plan.tag ?? ''}, ${not} did not.`;
}

/** All of its disks back to the snapshot; those that somebody has attached meanwhile stay as they are. */
export function revertedAgain(receipt: Broken, facts: Facts): Outcome {
	const {plan, id} = receipt;
	const known = withPlannedDisks(plan, facts);
	const tag = plan.tag ?? '';
	const outcome = makePlan(known, {verb: 'revert', tag, ...afterwardsOf(plan)});
	if ('plan' in outcome) return {plan: asItIs(outcome.plan, plan, facts)};
	const mixed = mixedDisks(receipt, facts);
	if (!isActive(facts.domain) || mixed === null) return outcome;
	const {domain, host} = facts;
	return {
		refusal: refuse(
			'wrong-state',
			t`${domain.name} is ${domain.state}. ${mixed}`,
			remedy`Do not use it so: shut it down ${byVirsh(host, 'shutdown', domain)}, then finish the revert ${byVirsnap(['recover', id], 'recover')}. What it writes until then is lost.`,
		),
	};
}

/** Planned on the disks of the plan; carried out on the domain as it is. */
function asItIs(anew: Plan, plan: Plan, facts: Facts): Plan {
	const others = othersThan(plan, facts);
	return {
		...anew,
		why: 'Finishes the interrupted operation: all disks go back, also those that went back before.',
		warnings: [
			...anew.warnings,
			...others.map(
				target => t`${target} got another image meanwhile: it stays as it is, and the snapshot does not cover it.`,
			),
		],
		confirm: anew.confirm ?? anew.tag,
		basis: basisOf(facts),
		expect: anew.expect.map(one =>
			one.kind === 'snapshot' && others.length > 0 ? {...one, health: [...one.health, 'partial']} : one,
		),
	};
}

function revertsOf({
	plan,
	steps,
}: {
	plan: Pick<Plan, 'steps'>;
	steps: Receipt['steps'];
}): {file: string; begun: boolean}[] {
	return plan.steps.flatMap(({does}, index) =>
		does.kind === 'image-snapshot' && does.action === 'apply'
			? [{file: does.file, begun: (steps[index]?.status ?? 'pending') !== 'pending'}]
			: [],
	);
}

function afterwardsOf({expect}: Plan): Pick<Extract<Intent, {verb: 'revert'}>, 'afterwards'> {
	const wanted = expect.find(one => one.kind === 'state')?.state;
	return wanted === 'running' || wanted === 'paused' ? {afterwards: wanted} : {};
}

const stands = ({chain}: Disk, file: string) => chain.some(image => image.file === file);

/** Targets of disks that the plan did not bring back: attached since, or with another image by now. */
function othersThan({steps}: Pick<Plan, 'steps'>, {domain}: Facts): string[] {
	const files = revertsOf({plan: {steps}, steps: []}).map(({file}) => file);
	return writableDisks(domain)
		.filter(disk => !files.some(file => stands(disk, file)))
		.map(({target}) => target);
}

function withPlannedDisks({steps, tag}: Plan, facts: Facts): Facts {
	const others = new Set(othersThan({steps}, facts));
	if (others.size === 0) return facts;
	const disks = facts.domain.disks.filter(({target}) => !others.has(target));
	const whole = (one: Snapshot) =>
		writableDisks({disks}).every(({target}) => one.disks.some(part => part.target === target));
	const snapshots = facts.domain.snapshots.map(one =>
		one.tag === tag && one.health === 'partial' && whole(one) ? {...one, health: 'unmanaged' as const} : one,
	);
	return {...facts, domain: {...facts.domain, disks, snapshots}};
}
