/** How many connections a program holds, and where to. */
import {readdir, readFile} from 'node:fs/promises';

type Process = {readonly pid: number; readonly parent: number; readonly argv: readonly string[]};

/** The hosts to which this process has an ssh: its own child, or of the shell that starts its programs. */
export async function sshOf(ancestor: number): Promise<string[]> {
	const read = await Promise.all((await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(processOf));
	const all = read.filter(one => one !== null);
	const below = (pid: number): Process[] =>
		all.filter(({parent}) => parent === pid).flatMap(one => (one.argv[0] === 'sh' ? below(one.pid) : [one]));
	return below(ancestor)
		.flatMap(({argv}) => (argv[0] === 'ssh' ? [argv.at(-2)!] : []))
		.sort();
}

async function processOf(pid: string): Promise<Process | null> {
	try {
		const [stat, line] = await Promise.all([
			readFile(`/proc/${pid}/stat`, 'utf8'),
			readFile(`/proc/${pid}/cmdline`, 'utf8'),
		]);
		const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return {pid: Number(pid), parent: Number(parent), argv: line.split('\0').filter(Boolean)};
	} catch {
		return null;
	}
}
