/** How many connections a program holds, and where to. */
import {readdir, readFile} from 'node:fs/promises';

/** The hosts to which a child of this process is an ssh that has connected. */
export async function sshOf(parent: number): Promise<string[]> {
	const all = await Promise.all((await readdir('/proc')).filter(name => /^\d+$/.test(name)).map(processOf));
	return all.flatMap(one => (one?.parent === parent && one.argv[0] === 'ssh' ? [one.argv.at(-2)!] : [])).sort();
}

async function processOf(pid: string): Promise<{parent: number; argv: string[]} | null> {
	try {
		const [stat, line] = await Promise.all([
			readFile(`/proc/${pid}/stat`, 'utf8'),
			readFile(`/proc/${pid}/cmdline`, 'utf8'),
		]);
		const [, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
		return {parent: Number(parent), argv: line.split('\0').filter(Boolean)};
	} catch {
		return null;
	}
}
