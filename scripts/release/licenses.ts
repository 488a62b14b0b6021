/** Whose work is inside the program, and on what terms. */
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {project} from '../bundle.ts';
import {type Architecture, nodePackage} from './node-binary.ts';
import {bundledFolders} from './program.ts';

export type Part = {readonly name: string; readonly version: string; readonly license: string; readonly folder: string};

/** The packages whose code is in the bundle, as esbuild reports them, by name. */
export async function bundledParts(): Promise<Part[]> {
	return Promise.all((await bundledFolders()).map(folder => part(path.join(project, folder))));
}

/** Node itself, as its package on npm describes it. */
export async function nodePart(): Promise<Part> {
	return part(await nodePackage(process.arch as Architecture));
}

/** One text with every licence: the packages in the bundle, then Node with what is in it. */
export async function thirdPartyLicenses(): Promise<string> {
	const parts = [...(await bundledParts()), await nodePart()];
	const texts = await Promise.all(parts.map(async part => `${title(part)}\n\n${(await licenseText(part)).trim()}\n`));
	return `virsnap contains the work of others, on these terms.\n\n${texts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

function title({name, version, license}: Part): string {
	return `${name} ${version} (${license})`;
}

async function part(folder: string): Promise<Part> {
	const {name, version, license} = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
	if (!license) throw new Error(`${folder} names no licence`);
	return {name, version, license, folder};
}

async function licenseText({name, license, folder}: Part): Promise<string> {
	const file = (await readdir(folder)).find(file => /^licen[cs]e/i.test(file));
	if (file) return readFile(path.join(folder, file), 'utf8');
	console.error(`${name} brings no text of its licence, ${license}`);
	return `(The package brings no text; its package.json says: ${license})`;
}
