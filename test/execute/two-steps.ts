/** Plans of two steps that leave a trace each: by a `virsh` of their own that is found first. */
import {mkdirSync, renameSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type {Plan} from '../../source/core/model/plan.ts';
import {step} from '../../source/core/steps/step.ts';
import {uuid} from '../facts/domain.ts';
import {planOf} from '../facts/plan.ts';

/** A first step on the target `held` ends when it is let go, or when its folder goes. */
const virsh = (folder: string) => `#!/bin/sh
case "$4" in
--pivot)
	echo begun >'${folder}/begun'
	[ "$3" = --path=held ] && while [ -e '${folder}/begun' ] && ! [ -e '${folder}/go' ]; do sleep 0.02; done
	echo one >>'${folder}/trace';;
*) echo two >>'${folder}/trace';;
esac
`;

/** Where the `virsh` of these plans is found. */
export function ownVirsh(folder: string): Record<string, string> {
	const bin = path.join(folder, 'bin');
	mkdirSync(bin, {recursive: true});
	// Several processes write it, and one of them may be about to run it: it is whole at every moment.
	const fresh = path.join(bin, `virsh.${process.pid}`);
	writeFileSync(fresh, virsh(folder), {mode: 0o755});
	renameSync(fresh, path.join(bin, 'virsh'));
	return {PATH: `${bin}:${process.env.PATH}`};
}

export const letGo = (folder: string): void => writeFileSync(path.join(folder, 'go'), '');

export function twoSteps(first: 'quick' | 'held'): Plan {
	// Facts show nothing of this kind.
	const job = {kind: 'end-block-job', on: {uri: null, uuid}} as const;
	return planOf(
		[
			step({...job, target: first, how: 'pivot'}, {title: 'one'}),
			step({...job, target: 'vda', how: 'abort'}, {title: 'two'}),
		],
		{verb: 'shutdown'},
	);
}
