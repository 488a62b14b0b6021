/** What a refusal must leave as it was: the domain, libvirt's records, and every file of the lab's images. */

import {readdir, stat} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import type {Intent} from '../../source/core/model/intent.ts';
import type {Refusal, RefusalCode} from '../../source/core/model/refusal.ts';
import {refusalOf} from '../facts/plan.ts';
import type {Cast, Story} from '../stories/story.ts';

/** Expects a refusal of this code that says why and what to do, and that nothing at all was touched by asking. */
export async function refusedUntouched(
	story: Story,
	domain: Pick<Cast, 'uuid'>,
	intent: Intent,
	code: RefusalCode,
): Promise<Refusal> {
	const before = await traces(story, domain.uuid);
	const refusal = refusalOf(await story.hypervisor.facts(domain.uuid), intent);
	expect(refusal, refusal.reason).toMatchObject({code});
	expect(refusal.reason).not.toBe('');
	expect(refusal.remedy).not.toBe('');
	expect(await traces(story, domain.uuid)).toEqual(before);
	return refusal;
}

/** State, definition, records and files, as one thing to compare. */
export async function traces({lab}: Story, uuid: string) {
	const ask = (command: string, ...args: string[]) => lab.virsh(command, '--domain', uuid, ...args);
	const folder = lab.image('.');
	const names = (await readdir(folder)).sort();
	const files = await Promise.all(
		names.map(async name => {
			const {size, mtimeMs} = await stat(path.join(folder, name));
			return `${name} ${size} ${mtimeMs}`;
		}),
	);
	return {
		state: await ask('domstate'),
		definition: await ask('dumpxml', '--inactive'),
		snapshots: await ask('snapshot-list', '--name'),
		files,
	};
}
