/** A plan of two steps that leave a trace each, the first of which takes a while: by a `virsh` of its own that is found first. */
import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {Plan} from '../../source/core/model/plan.ts';
import {step} from '../../source/core/steps/step.ts';
import {uuid} from '../facts/domain.ts';
import {planOf} from '../facts/plan.ts';

/** The target of the first step is how many seconds it takes. */
const sleepyVirsh = (folder: string) => `#!/bin/sh
case "$4" in
--pivot) echo begun >'${folder}/begun'; sleep "\${3#--path=}"; echo one >>'${folder}/trace';;
*) echo two >>'${folder}/trace';;
esac
`;

/** Where the `virsh` of these plans is found. */
export function sleepyPath(folder: string): Record<string, string> {
	const bin = path.join(folder, 'bin');
	mkdirSync(bin, {recursive: true});
	writeFileSync(path.join(bin, 'virsh'), sleepyVirsh(folder), {mode: 0o755});
	return {PATH: `${bin}:${process.env.PATH}`};
}

export function sleepyPlan(seconds: number): Plan {
	// Facts show nothing of this kind.
	const job = {kind: 'end-block-job', on: {uri: null, uuid}} as const;
	return planOf(
		[
			step({...job, target: String(seconds), how: 'pivot'}, {title: 'one'}),
			step({...job, target: 'vda', how: 'abort'}, {title: 'two'}),
		],
		{verb: 'shutdown'},
	);
}
