/** What an operation costs beside its command, how soon a plan stands, and how soon a change from outside is seen: on a running domain. */
import {type Lab, startLab} from '../../source/lab/lab.ts';
import type {Launched} from '../../test/helpers/pty.ts';
import {openUi, quit, untilShown, virsh, virsnap} from './program.ts';
import {record} from './table.ts';
import {interleave, median, quantile} from './timing.ts';

const domain = 'Koan';

export async function measureOperations(runs: number, bare: number): Promise<void> {
	const lab = await startLab({domains: [domain]});
	try {
		await measureCreate(lab, runs, bare);
		const {terminal} = await openUi(lab);
		await untilShown(terminal, /Koan +running/);
		await measurePlan(terminal, runs);
		await measureChanges(lab, terminal, runs);
		await quit(terminal);
	} finally {
		await lab.stop();
	}
}

async function measureCreate(lab: Lab, runs: number, bare: number): Promise<void> {
	/** The snapshot is taken away again, which is not counted. */
	const creating = (create: (tag: string) => Promise<number>) => async () => {
		const taken = await create('bench');
		await virsh(lab, 'snapshot-delete', '--domain', domain, '--snapshotname', 'bench');
		return taken;
	};
	const {own, whole} = await interleave(runs, {
		own: creating(tag => virsh(lab, 'snapshot-create-as', '--domain', domain, '--name', tag)),
		whole: creating(tag => virsnap(lab, 'create', domain, tag, '--method', 'libvirt-internal', '--yes')),
	});
	const group = 'create of a running domain';
	record(group, 'virsh snapshot-create-as', own, 'ms');
	record(group, 'virsnap create --yes', whole, 'ms');
	record(group, 'beside the command', whole - own, 'ms', `${((whole - own) / bare).toFixed(1)} × node -e 0`);
}

const enterKey = '\r';
const escapeKey = '\u001B';

/** From the last answer of the wizard to the plan. */
async function measurePlan(terminal: Launched, runs: number): Promise<void> {
	const times = [];
	for (let run = 0; run < runs; run++) {
		terminal.write('c');
		await untilShown(terminal, /step 1 of/);
		for (const question of [/step 2 of/, /step 3 of/]) {
			terminal.write(enterKey);
			await untilShown(terminal, question);
		}

		terminal.write(enterKey);
		times.push(await untilShown(terminal, /\$ virsh/));
		for (const question of [/step 3 of/, /step 2 of/, /step 1 of/, /c create/]) {
			terminal.write(escapeKey);
			await untilShown(terminal, question);
		}
	}

	record('UI', 'plan on screen after the key', median(times), 'ms');
}

/** From the end of the command that changed something to the screen that shows it. */
async function measureChanges(lab: Lab, terminal: Launched, runs: number): Promise<void> {
	const states: number[] = [];
	for (let run = 0; run < runs; run++) {
		await virsh(lab, 'suspend', '--domain', domain);
		states.push(await untilShown(terminal, /paused/));
		await virsh(lab, 'resume', '--domain', domain);
		states.push(await untilShown(terminal, /running/));
	}

	record('UI', 'another state on screen after virsh', median(states), 'ms');
	record('UI', 'the same, 95 of 100', quantile(states, 0.95), 'ms');
	const snapshots: number[] = [];
	for (let run = 0; run < runs; run++) {
		const tag = `outside-${run}`;
		await virsh(lab, 'snapshot-create-as', '--domain', domain, '--name', tag);
		snapshots.push(await untilShown(terminal, new RegExp(tag)));
		await virsh(lab, 'snapshot-delete', '--domain', domain, '--snapshotname', tag);
	}

	record('UI', 'another snapshot on screen after virsh', median(snapshots), 'ms');
	record('UI', 'the same, 95 of 100', quantile(snapshots, 0.95), 'ms');
}
