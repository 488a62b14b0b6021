/**
 * Programs that a plan runs, with a fault at one chosen step: scripts of the same names that stand before the real ones on the
 * runner's PATH. The product knows nothing of them. A step's command is told by the receipt's id in its environment.
 */
import {execFileSync} from 'node:child_process';
import {chmod, mkdir, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';

export type When = 'before' | 'in' | 'after';

export type Shim = {
	/** To be put in front of the runner's PATH. */
	readonly folder: string;
	/** Run this shell text at a step, counted from 1. `$command` is the real command's process, where it runs. */
	arm(fault: {
		readonly step: number;
		readonly when: When;
		readonly act: string;
		readonly instead?: boolean;
		/** Words before the real command; only where the fault comes after it. */
		readonly through?: string;
	}): Promise<void>;
	disarm(): Promise<void>;
};

const programs = ['virsh', 'qemu-img', 'cp', 'chmod', 'rm'];

const script = (folder: string, real: string) => `#!/bin/sh
[ -n "$VIRSNAP_RECEIPT" ] && [ -e '${folder}/fault' ] || exec '${real}' "$@"
read -r count <'${folder}/count'
count=$((count + 1))
echo $count >'${folder}/count'
. '${folder}/fault'
[ $count = $step ] || exec '${real}' "$@"
case $when in
before)
	command=
	act
	[ "$instead" = true ] && exit 0
	exec '${real}' "$@"
	;;
in)
	exec 3<&0
	'${real}' "$@" <&3 &
	command=$!
	/bin/sleep 0.03
	act
	wait $command
	;;
after)
	$through '${real}' "$@"
	status=$?
	act
	exit $status
	;;
esac
`;

export async function makeShim(folder: string): Promise<Shim> {
	await mkdir(folder);
	for (const program of programs) {
		const real = execFileSync('/bin/sh', ['-c', `command -v ${program}`], {encoding: 'utf8'}).trim();
		await writeFile(path.join(folder, program), script(folder, real));
		await chmod(path.join(folder, program), 0o755);
	}

	return {
		folder,
		async arm({step, when, act, instead = false, through = ''}) {
			await writeFile(path.join(folder, 'count'), '0\n');
			const text = `step=${step}\nwhen=${when}\ninstead=${instead}\nthrough='${through}'\nact() {\n${act}\n}\n`;
			await writeFile(path.join(folder, 'fault'), text);
		},
		disarm: () => rm(path.join(folder, 'fault'), {force: true}),
	};
}
