/** Faults that are no faults: somebody else acts on the same domain while an operation is under way. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import type {Facts} from '../../source/core/model/facts.ts';
import type {Plan} from '../../source/core/model/plan.ts';
import {absentBefore, makes} from '../../source/core/steps/step.ts';
import type {Case} from './cases.ts';
import type {Stage} from './stage.ts';

/** What others may do between two steps, or while one runs; the last one in the very moment before a step. */
export const otherActs = [
	'attach',
	'detach',
	'edit source',
	'snapshot',
	'undefine',
	'rename',
	'start',
	'run',
	'destroy',
	'file put',
] as const;

/** Of these the ones that are also tried while a step runs. */
export const duringActs = ['attach', 'detach', 'snapshot', 'run', 'rename'] as const satisfies readonly OtherAct[];

/** And of these the ones that are tried between the last look at the definition and the command that writes it. */
export const justBeforeActs = ['attach', 'detach', 'edit source'] as const satisfies readonly OtherAct[];

export type OtherAct = (typeof otherActs)[number];

export const isOtherAct = (fault: string): fault is OtherAct => (otherActs as readonly string[]).includes(fault);

/** Its own name in everything that others make. */
const foreign = 'foreign';

const precious = 'precious';

/** Written by the guest of a domain that somebody has started and stopped, behind what the disks hold else. */
export const guestByte = 0xc3;
export const guestExtent = {offset: 1024 * 1024};

/** Whether they can do it to this domain, at this step of the plan. libvirt lets nobody rename or undefine one with snapshots of its own. */
export function canAct({fault, row, step, when}: Case, plan: Plan, running: boolean): boolean {
	// While libvirt reverts by itself, it takes back with the definition what others put into it.
	if (when === 'in' && plan.steps[step - 1]?.does.kind === 'revert-snapshot') return false;
	if (when === 'before' && fault !== 'file put' && plan.steps[step - 1]?.does.kind !== 'define') return false;
	const between = step < plan.steps.length;
	switch (fault as OtherAct) {
		case 'attach':
			return between;
		case 'snapshot':
			return between && row.method !== 'memory';
		case 'detach':
		case 'edit source':
		case 'destroy':
			return between && (running || fault !== 'destroy');
		case 'start':
		case 'run':
			return between && !running;
		case 'undefine':
		case 'rename':
			return between && !running && ['qemu-img', 'linked-clone', 'full-clone'].includes(row.method);
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
		case 'detach':
			return `${virsh} detach-disk '${uuid}' vdb --config >/dev/null`;
		case 'edit source': {
			const [from, to] = [`/${stage.name}-1[^/]*qcow2`, `/${foreign}.qcow2`];
			const edited = `${virsh} dumpxml --inactive '${uuid}' | sed "s|${from}|${to}|" >'${kept(stage)}'`;
			return `/usr/bin/qemu-img create -q -f qcow2 '${disk}' 4M; ${edited}; ${virsh} define '${kept(stage)}' >/dev/null`;
		}

		case 'run': {
			const write = `write -P ${guestByte} ${guestExtent.offset} 65536`;
			const writes = [0, 1].map(index => {
				const command = `qemu-io -d /machine/peripheral/virtio-disk${index}/virtio-backend \\"${write}\\"`;
				return `${virsh} qemu-monitor-command '${uuid}' --hmp "${command}" >/dev/null`;
			});
			return `${virsh} start '${uuid}' >/dev/null && ${writes.join('; ')}; ${virsh} destroy '${uuid}' >/dev/null`;
		}

		case 'destroy':
			return `${virsh} destroy '${uuid}' >/dev/null`;
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

/** What others have done and is not there any more; empty where all of it is. `shutDown`: it was, as a remedy wants it. */
export async function whatIsLost(
	{fault, step}: Case,
	plan: Plan,
	{domain, inactiveXml}: Facts,
	shutDown: boolean,
): Promise<string> {
	switch (fault) {
		case 'detach':
			return inactiveXml.includes("dev='vdb'") || inactiveXml.includes('dev="vdb"')
				? 'the disk that was detached is back'
				: '';
		case 'edit source':
			return inactiveXml.includes(`${foreign}.qcow2`) ? '' : 'the source that was edited is gone';
		case 'destroy':
			return domain.id === null ? '' : `the domain that was destroyed is ${domain.state}`;
		case 'attach':
			return inactiveXml.includes(`${foreign}.qcow2`) ? '' : 'the disk that was attached is gone';
		case 'snapshot':
			return domain.snapshots.some(({tag}) => tag === foreign) ? '' : 'the snapshot of somebody else is gone';
		case 'rename':
			return domain.name.endsWith(foreign) ? '' : 'the new name is gone';
		case 'start':
			return domain.id !== null || shutDown ? '' : `the domain that was started is ${domain.state}`;
		case 'file put': {
			const [file = ''] = makes(plan.steps[step - 1]!);
			const text = await readFile(file, 'utf8').catch(() => '');
			return text.startsWith(precious) ? '' : `${file} of somebody else is gone or was written to`;
		}

		default:
			return '';
	}
}
