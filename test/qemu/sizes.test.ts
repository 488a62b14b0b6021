/** Sizes of internal snapshots, held against what qemu-img frees and what it exports. */
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {readDifference, readImageSizes, readTogether} from '../../source/qemu/sizes/image-sizes.ts';
import {runs} from '../hostile/texts.ts';
import {clustersDiffering, clustersFreed, exported, histories, type Made, make} from './histories.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-sizes-'));
});
afterAll(() => rm(folder, {recursive: true}));

test('a random history: OWN is what a deletion frees, SINCE what the exported images show', async () => {
	await fc.assert(
		fc.asyncProperty(histories, fc.array(fc.boolean(), {minLength: 24, maxLength: 24}), async (history, chosen) => {
			const made = await make(folder, history);
			const found = await readImageSizes(made.file, {backingBytes: made.backingBytes});
			expect(found.reason).toBeNull();
			expect(found.snapshots).toEqual(await expected(made));
			await expectTogether(
				made,
				found.snapshots.filter((_, index) => chosen[index]),
			);
		}),
		{numRuns: runs(1 / 40), endOnFailure: true},
	);
}, 3_600_000);

async function expected(made: Made) {
	const {file, tags, clusterBytes} = made;
	const now = await exported(made, null);
	const rows = [];
	for (const tag of tags) {
		const raw = await exported(made, tag);
		rows.push({
			id: expect.any(String),
			tag,
			ownBytes: (await clustersFreed(file, [tag])) * clusterBytes,
			sinceBytes: (await clustersDiffering(now, raw, clusterBytes)) * clusterBytes,
			reason: null,
		});
	}
	return rows;
}

/** Several deleted together, and the first one against the last. */
async function expectTogether(
	{file, clusterBytes, backingBytes}: Made,
	snapshots: readonly {id: string; tag: string}[],
): Promise<void> {
	const [one, other] = [snapshots.at(0), snapshots.at(-1)];
	if (!one || !other || one === other) return;
	const ids = snapshots.map(({id}) => id);
	const tags = snapshots.map(({tag}) => tag);
	expect(await readTogether(file, ids)).toEqual({
		bytes: (await clustersFreed(file, tags)) * clusterBytes,
		reason: null,
	});
	expect(await readDifference(file, one.id, other.id, {backingBytes})).toEqual({
		bytes: (await clustersDiffering(`${file}.${one.tag}.raw`, `${file}.${other.tag}.raw`, clusterBytes)) * clusterBytes,
		reason: null,
	});
}
