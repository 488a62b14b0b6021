/** Faults that are no faults: somebody else acts on the same domain while an operation is under way. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Facts} from '../../source/core/model/domain.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {absentBefore, makes} from '../../source/core/steps/step.ts';
import type {Case} from './cases.ts';
import type {Stage} from './stage.ts';

/** What others may do between two steps; the last one in the very moment before a step. */
export const otherActs = ['attach', 'snapshot', 'undefine', 'rename', 'start', 'file put'] as const;

export type OtherAct = (typeof otherActs)[number];

export const isOtherAct = (fault: string): fault is OtherAct => (otherActs as readonly string[]).includes(fault);

/** Its own name in everything that others make. */
const foreign = 'foreign';

const precious = 'precious';

/** Whether they can do it to this domain, at this step of the plan. libvirt lets nobody rename or undefine one with snapshots of its own. */
export function canAct({fault, row, step}: Case, plan: Plan, running: boolean): boolean {
	const between = step < plan.steps.length;
	switch (fault as OtherAct) {
		case 'attach':
			return between;
		case 'snapshot':
			return between && row.method !== 'memory';
		case 'start':
			return between && !running;
		case 'undefine':
		case 'rename':
			return between && !running && (row.method === 'qemu-img' || row.method === 'linked-clone');
		case 'file put':
			return absentBefore(plan.steps[step - 1]!).length > 0;
	}
}

/** The command that they type, as shell text. */
export function actOf(stage: Stage, {fault, row, step}: Case, plan: Plan): string {
	const {lab, uuid, images} = stage;
	const virsh = `/usr/bin/virsh -q -c '${lab.uri}'`;
	const disk = path.join(images, `${foreign}.qcow2`);
	switch (fault as OtherAct) {
		case 'attach':
			return `/usr/bin/qemu-img create -q -f qcow2 '${disk}' 1M; ${virsh} attach-disk '${uuid}' '${disk}' vdz --subdriver qcow2 --config >/dev/null`;
		case 'snapshot': {
			const how = row.method.startsWith('external') ? '--disk-only --atomic' : '';
			return `${virsh} snapshot-create-as '${uuid}' ${foreign} ${how} >/dev/null`;
		}

		case 'start':
			return `${virsh} start '${uuid}' >/dev/null`;
		case 'undefine':
			return `${virsh} dumpxml --inactive '${uuid}' >'${kept(stage)}'; ${virsh} undefine '${uuid}' >/dev/null`;
		case 'rename':
			return `${virsh} domrename '${uuid}' '${stage.name}-${foreign}' >/dev/null`;
		case 'file put':
			return `echo ${precious} >'${makes(plan.steps[step - 1]!)[0]}'`;
	}
}

/** Who undefined it sees that it was needed. */
export async function amend(stage: Stage, {fault}: Case): Promise<void> {
	if (fault === 'undefine') await stage.lab.virsh('define', '--file', kept(stage));
}

const kept = ({lab, name}: Stage) => path.join(lab.folder, 'files', `${name}.kept.xml`);

/** What others have done and is not there any more; empty where all of it is. */
export async function whatIsLost({fault, step}: Case, plan: Plan, {domain, inactiveXml}: Facts): Promise<string> {
	switch (fault) {
		case 'attach':
			return inactiveXml.includes(`${foreign}.qcow2`) ? '' : 'the disk that was attached is gone';
		case 'snapshot':
			return domain.snapshots.some(({tag}) => tag === foreign) ? '' : 'the snapshot of somebody else is gone';
		case 'rename':
			return domain.name.endsWith(foreign) ? '' : 'the new name is gone';
		case 'start':
			return domain.id !== null ? '' : `the domain that was started is ${domain.state}`;
		case 'file put': {
			const [file = ''] = makes(plan.steps[step - 1]!);
			const text = await readFile(file, 'utf8').catch(() => '');
			return text.startsWith(precious) ? '' : `${file} of somebody else is gone or was written to`;
		}

		default:
			return '';
	}
}
