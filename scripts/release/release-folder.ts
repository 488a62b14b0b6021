/** Where everything that can be given to people is put. */
import {mkdir} from 'node:fs/promises';
import path from 'node:path';
import {project} from '../bundle.ts';

export async function releaseFolder(): Promise<string> {
	const folder = path.join(project, 'release');
	await mkdir(folder, {recursive: true});
	return folder;
}
