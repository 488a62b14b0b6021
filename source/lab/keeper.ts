import {spawn} from 'node:child_process';
import {readdir, readFile, readlink, stat, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** Every lab lives in one folder of this prefix under the temporary folder; short, since a socket path may hold 107 bytes. */
export const folderPrefix = 'vslab-';

/**
 * The keeper is a shell of its own session which outlives us. It starts the daemon and then waits for its stdin to end: because we asked,
 * ended, were killed or crashed, it is all the same to it. Then it ends what runs out of the lab's folder and removes that folder.
 *
 * QEMU goes first, while tini still runs to reap it; processes are recognized by program *and* folder, so that a bystander who merely
 * names the folder (a virsh, a `tail -f`) is left alone.
 */
const keeperScript = `
folder=$1; shift
if [ $# -gt 0 ]; then
	{ "$@"; echo $? >"$folder/ended"; } &
fi
cat >/dev/null

processes() {
	for file in $(grep -lsaF -e "$folder/" /proc/[0-9]*/cmdline); do
		pid=\${file#/proc/}; pid=\${pid%/cmdline}
		[ "$pid" != $$ ] || continue
		program=$(tr '\\0' '\\n' <"$file" | head -n 1) 2>/dev/null || continue
		for wanted in "$@"; do
			case \${program##*/} in $wanted) echo "$pid" ;; esac
		done
	done
}
end_all() {
	tries=0
	while pids=$(processes "$@") && [ -n "$pids" ] && [ $tries -lt 200 ]; do
		kill -KILL $pids 2>/dev/null
		tries=$((tries + 1))
		sleep 0.02
	done
}
: >"$folder/ending"
end_all 'qemu-*'
end_all 'libvirtd' 'virt*d'
end_all 'qemu-*' tini
wait

mounts=
while read -r _ point _; do
	case $point in "$folder"/*) mounts="$point $mounts" ;; esac
done </proc/mounts
for point in $mounts; do umount -l "$point"; done
rm -rf --one-file-system -- "$folder"
`;

export type Keeper = {
	/** Ends every process of the lab and removes its folder; safe to call twice. */
	dismiss: () => Promise<void>;
};

/** Start the keeper of a lab folder, and under it the daemon (`daemon` is an argv; left out, the keeper only cleans up). */
export function startKeeper(folder: string, daemon: string[] = [], log?: number): Keeper {
	const child = spawn('/bin/sh', ['-c', keeperScript, 'keeper', folder, ...daemon], {
		detached: true, // a Ctrl-C on our terminal must not reach it
		cwd: '/',
		stdio: ['pipe', log ?? 'ignore', log ?? 'ignore'],
	});
	const ended = new Promise<void>(resolve => {
		child.once('exit', () => resolve());
		child.once('error', () => resolve());
	});
	child.unref(); // the lab alone does not keep the program running
	(child.stdin as unknown as {unref?: () => void}).unref?.();
	const dismiss = async () => {
		child.ref();
		child.stdin?.end();
		await ended;
	};

	return {dismiss};
}

/** Record who a lab belongs to. A process id alone may be given to another process, so its start time goes along. */
export async function recordOwner(folder: string): Promise<void> {
	await writeFile(path.join(folder, 'owner'), JSON.stringify(await processFacts(process.pid)));
}

/**
 * Remove what dead labs left on disk: those whose owner runs no longer (and whose keeper died as well, or is still at it).
 *
 * @returns the folders removed
 */
export async function sweepLabs(): Promise<string[]> {
	const temporary = os.tmpdir();
	const names = (await readdir(temporary)).filter(name => name.startsWith(folderPrefix));
	const folders = names.map(name => path.join(temporary, name));
	const dead = [];
	for (const folder of folders) {
		if (await isDead(folder)) dead.push(folder);
	}

	await Promise.all(dead.map(folder => startKeeper(folder).dismiss()));
	return dead;
}

type ProcessFacts = {pid: number; started?: string; namespace: string};

async function isDead(folder: string): Promise<boolean> {
	const text = await readFile(path.join(folder, 'owner'), 'utf8').catch((error: NodeJS.ErrnoException) => error);
	if (text instanceof Error) return text.code === 'ENOENT' && (await isAbandoned(folder));
	const owner = JSON.parse(text) as ProcessFacts;
	const now = await processFacts(owner.pid);
	// A container that shares our temporary folder has process ids of its own: its labs are not for us to judge.
	return owner.namespace === now.namespace && owner.started !== now.started;
}

/** A folder without an owner belongs to a lab that is starting right now, unless it is a minute old. */
async function isAbandoned(folder: string): Promise<boolean> {
	const facts = await stat(folder).catch(() => undefined);
	return facts !== undefined && Date.now() - facts.mtimeMs > 60_000;
}

async function processFacts(pid: number): Promise<ProcessFacts> {
	const namespace = await readlink('/proc/self/ns/pid');
	const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
	// Field 22, in clock ticks since boot; counted after the program's name, which stands in brackets and may hold anything.
	const started = line?.slice(line.lastIndexOf(')') + 2).split(' ')[19];
	return {pid, started, namespace};
}
