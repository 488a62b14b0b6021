/** Node itself, from npm's packages node-linux-*: the version that this project runs on, for this machine's architecture or another. */
import {existsSync} from 'node:fs';
import {chmod, copyFile, mkdir, rename, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {project} from '../bundle.ts';

export type Architecture = 'x64' | 'arm64';

export const architectures: readonly Architecture[] = ['x64', 'arm64'];

export function architectureOf(name: string): Architecture {
	const found = architectures.find(architecture => architecture === name);
	if (found === undefined) throw new Error(`No executable for ${name}: ${architectures.join(' or ')}`);
	return found;
}

/** The folder of the package with Node for `architecture`, always in the version of this machine's: a blob fits that one alone. */
export async function nodePackage(architecture: Architecture): Promise<string> {
	const own = path.join(project, 'node_modules', `node-linux-${process.arch}`);
	if (!existsSync(own)) throw new Error(`${own} is missing: npm ci, on Linux on x64 or arm64`);
	if (architecture === process.arch) return own;

	const {stdout} = await execa(path.join(own, 'bin/node'), ['--version']);
	const name = `node-linux-${architecture}@${stdout.slice(1)}`;
	const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'virsnap');
	const folder = path.join(cache, name.replace('@', '-'));
	if (existsSync(folder)) return folder;
	const unpacked = `${folder}.new`;
	await rm(unpacked, {recursive: true, force: true});
	await mkdir(unpacked, {recursive: true});
	const packed = await execa('npm', ['pack', name, '--pack-destination', unpacked], {cwd: os.tmpdir()});
	await execa('tar', ['-xzf', path.join(unpacked, packed.stdout.trim()), '-C', unpacked, '--strip-components=1']);
	await rm(path.join(unpacked, packed.stdout.trim()));
	await rename(unpacked, folder);
	return folder;
}

/** A copy of that Node's program without its symbols, which are a seventh of it; with them where the tool for it is missing. */
export async function copyStripped(architecture: Architecture, target: string): Promise<void> {
	await copyFile(path.join(await nodePackage(architecture), 'bin/node'), target);
	await chmod(target, 0o755);
	const triplet = {x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu'}[architecture];
	try {
		await execa(architecture === process.arch ? 'strip' : `${triplet}-strip`, ['--remove-section=.comment', target]);
	} catch (error) {
		if ((error as {code?: string}).code !== 'ENOENT') throw error;
		console.error(
			`Not stripped, which makes it larger; to strip it: apt-get install binutils-${triplet.replace('_', '-')}`,
		);
	}
}
