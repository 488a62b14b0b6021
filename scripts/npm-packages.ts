/**
 * `node scripts/npm-packages.ts`: gets the packages that `npm ci` left out. npm silently leaves out optional ones that ask for a newer
 * Node than the one npm runs on: with Debian 12's Node 18 the native part of vitest's bundler. Where none is missing it does nothing.
 */
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';

type Locked = {optional?: boolean; os?: string[]; cpu?: string[]; libc?: string[]};

const project = path.dirname(import.meta.dirname);
const {packages} = JSON.parse(await readFile(path.join(project, 'package-lock.json'), 'utf8')) as {
	packages: Record<string, Locked>;
};

if (leftOut().length > 0) {
	const npm = process.env.npm_execpath;
	process.stderr.write(`Installing again, on Node ${process.versions.node}: npm left out ${leftOut().join(', ')}\n`);
	if (npm) await execa(process.execPath, ['--no-deprecation', npm, 'ci'], {cwd: project, stdio: 'inherit'});
	if (leftOut().length > 0) {
		process.stderr.write(`Still missing: ${leftOut().join(', ')}\nWith Node 22.12 or newer: npm ci\n`);
		process.exitCode = 1;
	}
}

/** Folders of packages made for this very kind of machine that are not there. */
function leftOut(): string[] {
	return Object.entries(packages)
		.filter(
			([, {optional, os, cpu, libc}]) =>
				optional && isThis(os, process.platform) && isThis(cpu, process.arch) && !libc?.includes('musl'),
		)
		.map(([folder]) => folder)
		.filter(folder => !existsSync(path.join(project, folder)));
}

function isThis(names: string[] | undefined, name: string): boolean {
	return names?.includes(name) ?? false;
}
