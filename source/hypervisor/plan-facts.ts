/** Facts for a planner: the domain read anew, with its sizes, and with what the receipts of earlier operations tell of it. */
import type {Domain} from '../core/model/domain.ts';
import type {Facts} from '../core/model/facts.ts';
import type {Receipt} from '../core/model/receipt.ts';
import {pulledIn, rewrittenIn, writtenBehindSaves} from '../core/recover/rewritten.ts';
import {spoiledIn} from '../core/recover/spoiled.ts';
import {readFacts} from '../inventory/facts.ts';
import {readSizesSoon} from '../inventory/sizes.ts';
import type {Sources} from '../inventory/sources.ts';

type Wanted = {
	readonly uuid: string;
	/** The same domain as it was read before: its sizes are under way at once. */
	readonly known: Domain | undefined;
	/** More folders that the plan may write to. */
	readonly folders: readonly string[] | undefined;
	/** A file of saved memory that the plan is about. */
	readonly file: string | undefined;
	/** Whether pictures are wanted; left out: none is. */
	readonly pictures: (() => Promise<boolean>) | undefined;
};

/**
 * @param allReceipts those of all domains; read once the sizes are under way
 * @param signal ends the reading of sizes
 * @throws as `readFacts`
 */
export async function readPlanFacts(
	sources: Sources,
	{uuid, known, folders = [], file, pictures}: Wanted,
	allReceipts: () => Promise<readonly Receipt[]>,
	signal: AbortSignal,
): Promise<Facts> {
	const sizesOf = (domain: Domain) => readSizesSoon(sources, domain, signal);
	const early = known && sizesOf(known);
	const earlier = await allReceipts();
	const receipts = earlier.filter(({plan}) => plan.domain.uuid === uuid);
	const read = await readFacts(sources, uuid, {
		folders,
		earlier,
		...(file === undefined ? {} : {file}),
	});
	const sizes = early ?? sizesOf(read.domain);
	const facts = {
		...read,
		pictures: (await pictures?.()) ?? false,
		writtenBehind: writtenBehindSaves(read, receipts),
		pulled: pulledIn(read, receipts),
	};
	const layered = facts.kept.length > 0 || facts.domain.snapshots.some(({kind}) => kind === 'external');
	if (!layered) return {...facts, sizes: await sizes};
	return {
		...facts,
		sizes: await sizes,
		spoiled: spoiledIn(facts.domain, receipts),
		unfinished: receipts.filter(({endedAt}) => endedAt === null).map(({id}) => id),
		rewritten: rewrittenIn(facts, receipts),
	};
}
