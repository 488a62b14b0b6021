/**
 * One operation on a domain at a time, whichever process wants to. Each puts a claim beside the others, under a name that no one
 * else uses, and then looks for others: so there is nothing to take over, and no moment at which two could both think that a
 * dead one's claim is theirs now.
 */
import {randomInt} from 'node:crypto';
import {link, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {setTimeout as delay} from 'node:timers/promises';
import {type InferOutput, number, object, parse, string} from 'valibot';
import type {ProcessMark} from '../../core/model/receipt.ts';
import {isAlive} from './process-mark.ts';

/** A domain that is ours until we let it go, or end. */
type Claim = {release(): Promise<void>};

const content = object({receipt: string(), mark: object({pid: number(), startTicks: string(), bootId: string()})});

type Content = InferOutput<typeof content>;

/** Two that come at the very same time both step back, and try again at another moment each. */
const attempts = 4;

/** The claim, or the id of the receipt that has the domain now. */
export async function claimDomain(
	folder: string,
	uuid: string,
	receipt: string,
	mark: ProcessMark,
): Promise<Claim | {readonly holder: string}> {
	const name = `${uuid}.${receipt}.${mark.pid}.claim`;
	const file = path.join(folder, name);
	const release = () => rm(file, {force: true});
	for (let attempt = 1; ; attempt++) {
		await putWhole(file, JSON.stringify({receipt, mark} satisfies Content));
		const holder = await holderOf(folder, uuid, name);
		if (holder === null) return {release};
		await release();
		if (attempt === attempts) return {holder};
		await delay(randomInt(10, 60));
	}
}

/** The receipt that has this domain now; null where none has. Claims of dead processes are swept away. */
export async function holderOf(folder: string, uuid: string, except = ''): Promise<string | null> {
	const names = (await readdir(folder).catch(() => [])).filter(
		name => name.startsWith(`${uuid}.`) && name.endsWith('.claim') && name !== except,
	);
	for (const name of names) {
		const content = await readClaim(path.join(folder, name));
		if (content === null) continue;
		if (await isAlive(content.mark)) return content.receipt;
		await rm(path.join(folder, name), {force: true});
	}

	return null;
}

/** A claim is never seen half written. A left-over of the same name is of a process that had our id before: not alive. */
async function putWhole(file: string, text: string): Promise<void> {
	const aside = `${file}.aside`;
	await writeFile(aside, text, {mode: 0o600});
	try {
		await rm(file, {force: true});
		await link(aside, file);
	} finally {
		await rm(aside, {force: true});
	}
}

async function readClaim(file: string): Promise<Content | null> {
	try {
		return parse(content, JSON.parse(await readFile(file, 'utf8')));
	} catch {
		return null; // released meanwhile, or no claim
	}
}
