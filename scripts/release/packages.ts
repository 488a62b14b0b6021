/** The packages for systems with dpkg and with rpm, from one description. */
import {execa} from 'execa';
import {project} from '../bundle.ts';
import {makeDeb} from './deb.ts';
import type {Architecture} from './node-binary.ts';
import {makeRpm} from './rpm.ts';

export type PackageOptions = {
	readonly version: string;
	readonly architecture: Architecture;
	/** Path of the executable for that architecture. */
	readonly executable: string;
	/** Where the package is put. */
	readonly folder: string;
	/** When it was made, to whole seconds: the same sources make the same package. */
	readonly date: Date;
};

/** Makes both packages; returns their files. */
export async function makePackages(options: Omit<PackageOptions, 'date'>): Promise<string[]> {
	const date = await lastCommit();
	return [await makeDeb({...options, date}), await makeRpm({...options, date})];
}

async function lastCommit(): Promise<Date> {
	const {stdout} = await execa('git', ['log', '-1', '--format=%ct'], {cwd: project});
	return new Date(Number(stdout) * 1000);
}
