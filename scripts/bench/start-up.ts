/** How long each way of starting takes, beside Node that does nothing. */
import {existsSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {Lab} from '../../source/lab/lab.ts';
import {projectVersion} from '../bundle.ts';
import {releaseFolder} from '../release/release-folder.ts';
import {environment, launcher, openUi, quit, virsh, virsnap} from './program.ts';
import {record} from './table.ts';
import {interleave, timed} from './timing.ts';

/** Milliseconds that Node takes to start and end, by which much else is judged. */
export async function measureStartUp(lab: Lab, runs: number): Promise<number> {
	const env = environment(lab);
	const node = process.execPath;
	const executable = path.join(await releaseFolder(), `virsnap-${await projectVersion()}-linux-${process.arch}`);
	const ways: Record<string, () => Promise<number>> = {
		'node -e 0': () => timed(node, ['-e', '0'], env),
		'virsnap --version': () => timed(node, [launcher, '--version'], env),
		// Of `npm run executable`, where it was made.
		...(existsSync(executable) && {'executable --version': () => timed(executable, ['--version'], env)}),
		'virsnap list, no domains': () => virsnap(lab, 'list'),
		'virsh list --all': () => virsh(lab, 'list', '--all'),
		async 'UI, first frame'() {
			const {terminal, firstFrame} = await openUi(lab);
			await quit(terminal);
			return firstFrame;
		},
	};
	const medians = await interleave(runs, ways);
	const bare = medians['node -e 0']!;
	for (const [name, value] of Object.entries(medians)) {
		record('start-up', name, value, 'ms', `${(value / bare).toFixed(1)} × node -e 0`);
	}

	return bare;
}
