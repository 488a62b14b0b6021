/** Carries a receipt out in this very process: its domain is claimed, and the executor gets the real world. */
import {createHash} from 'node:crypto';
import {uuidOf} from '../core/domain-xml/identity.ts';
import type {Plan} from '../core/model/plan.ts';
import type {Receipt} from '../core/model/receipt.ts';
import {byVirsnap} from '../core/steps/hints.ts';
import {RefusalError} from '../core/words/foreseen-error.ts';
import {remedy} from '../core/words/remedy.ts';
import {machineOf} from '../libvirt/capabilities.ts';
import {orNull} from '../libvirt/reader.ts';
import {remedyFor} from '../libvirt/remedies.ts';
import {identityOf, writtenAt} from '../qemu/files/identity.ts';
import {busyEnding} from './busy.ts';
import type {OnReceipt, OperationContext} from './operation-context.ts';
import {carryOut} from './plan/carry-out.ts';
import {tendPictures} from './plan/pictures/album.ts';
import {pictureFolder} from './plan/pictures/folder.ts';
import {dropCancelRequest, isCancelRequested} from './receipts/cancel-request.ts';
import {claimDomain} from './receipts/claims.ts';
import {ownMark, receiptVariable} from './receipts/process-mark.ts';
import {dropRunnerWords} from './receipts/runner-words.ts';
import {closeReceipt, knownReceipt} from './receipts/store.ts';
import {patiently} from './steps/await-libvirt.ts';
import {type DefinitionWatch, unwatched, watchDefinition} from './steps/definition-watch.ts';
import {commandRunner} from './steps/run-command.ts';
import {watchStep} from './steps/step-watch.ts';
import type {ExecutorSurroundings} from './surroundings.ts';

/**
 * Carry out a receipt that another process has written.
 *
 * @throws {RefusalError} there is none of this id, or it was begun before
 * @throws {ReceiptError} it cannot be written: nothing was started
 */
export async function carryOutById(context: OperationContext, id: string): Promise<Receipt> {
	const receipt = await knownReceipt(context.store, id);
	if (receipt.endedAt !== null || receipt.steps.some(step => step.status !== 'pending')) {
		throw new RefusalError({
			code: 'wrong-state',
			reason: `${id} was already started.`,
			remedy: remedy`See its result ${byVirsnap(['log', id])}.`,
		});
	}

	const ended = await carryOutHere(context, receipt, receipt.plan);
	await dropRunnerWords(context.store.folder, id);
	return ended;
}

/**
 * Carry out a receipt that nothing was begun of; `plan` is its own, which may still hold passwords. Where another operation has
 * the domain the receipt is closed as `stale`.
 *
 * @throws {ReceiptError} it cannot be written: nothing was started
 */
export async function carryOutHere(
	context: OperationContext,
	receipt: Receipt,
	plan: Plan,
	onReceipt?: OnReceipt,
): Promise<Receipt> {
	const {store} = context;
	const mark = await ownMark();
	const claim = await claimDomain(store.folder, plan.domain.uuid, receipt.id, mark);
	if ('holder' in claim) return closeReceipt(store, receipt, {status: 'stale', ...busyEnding(claim.holder)});
	let definition = unwatched;
	try {
		definition = await watchOver(context, plan);
		return await carryOut(plan, surroundingsOf(context, definition, receipt.id, plan, onReceipt), {
			...receipt,
			runner: mark,
		});
	} finally {
		definition.close();
		await claim.release();
		await dropCancelRequest(store.folder, receipt.id);
	}
}

/** Only of a plan that defines, and where the folder is the daemon's own. */
async function watchOver({definitions, isHere}: OperationContext, {steps, domain}: Plan): Promise<DefinitionWatch> {
	const defines = steps.some(({does}) => does.kind === 'define');
	const seen = defines && (await isHere(definitions).catch(() => false));
	return seen ? watchDefinition(definitions, domain) : unwatched;
}

/** Whose pictures they are: of the libvirt that has its definitions in this folder of this machine. */
function ownPictures({libvirt, reader, definitions, isHere}: OperationContext) {
	return {
		libvirt,
		async owner() {
			const machine = machineOf(await reader.capabilities());
			const folder = (await isHere(definitions)) ? await identityOf(definitions) : null;
			if (machine === null || folder === null) return null;
			return createHash('sha256').update(`${machine}\n${definitions}\n${folder.id}`).digest('hex').slice(0, 32);
		},
		uuids: async () => (await reader.domains()).map(({uuid}) => uuid),
	};
}

function surroundingsOf(
	context: OperationContext,
	definition: DefinitionWatch,
	id: string,
	plan: Plan,
	onReceipt?: OnReceipt,
): ExecutorSurroundings {
	const {store, libvirt, reader, facts, isHere, log} = context;
	const read = () => facts(plan, {by: id});
	const readBroken = () => facts(plan, {by: id, brokenOff: true});
	const cancelled = () => isCancelRequested(store.folder, id);
	return {
		facts: read,
		factsAfter: () => patiently(read),
		factsBrokenOff: () => patiently(readBroken),
		savedDomain: async file => {
			const xml = await orNull(reader.savedXml(file));
			return xml === null ? null : uuidOf(xml);
		},
		definition,
		run: commandRunner({...libvirt.env, [receiptVariable]: id}, log),
		identify: async file => ((await isHere(file)) ? ((await identityOf(file))?.id ?? null) : null),
		writtenAt: async file => ((await isHere(file)) ? writtenAt(file) : null),
		save: store.save,
		note: state => void store.note(state),
		now: () => new Date().toISOString(),
		remedyFor,
		cancelled,
		watch: (step, watched) => watchStep({libvirt, reader}, plan, step, watched, cancelled),
		pictures: (done, after) =>
			tendPictures({folder: pictureFolder(store.folder), ...ownPictures(context)}, done, after),
		onReceipt: receipt => onReceipt?.(receipt),
	};
}
