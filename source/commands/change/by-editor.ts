/** `virsnap edit DOMAIN TAG` alone: the description is written in the person's own editor. */
import type {Hypervisor} from '../../core/model/hypervisor.ts';
import {findSnapshot} from '../../core/snapshots/tag.ts';
import {findDomain, isRefusal, readInventory} from '../connection.ts';
import {type Context, UsageError} from '../context.ts';
import {makeOutcome} from './outcome.ts';
import type {Refused, Request} from './request.ts';

/** Where there is no person to write it. */
export const nothingToChange = (): UsageError =>
	new UsageError(
		'Nothing to change',
		'Give one of --description TEXT, --tag NEW, --protect, --unprotect, --expires WHEN, --never',
	);

/** The request with what the person has written; any other as it is. What would be refused whatever is written opens no editor. */
export async function writtenByEditor(
	{io: {stdin, stdout}, adapters}: Context,
	hypervisor: Hypervisor,
	request: Request | Refused,
): Promise<Request | Refused> {
	if ('refusal' in request || !request.byEditor) return request;
	const {intent} = request;
	if (intent.verb !== 'edit') return request;
	if (!stdin.isTTY || !stdout.isTTY) throw nothingToChange();
	const {domains} = await readInventory(hypervisor);
	const domain = findDomain(domains, request.domain ?? '');
	if (isRefusal(domain)) return {refusal: domain};
	const snapshot = findSnapshot(domain, intent.tag);
	if ('refusal' in snapshot) return snapshot;
	const now = snapshot.description ?? '';
	const described = (description: string): Request => ({...request, intent: {...intent, description}});
	const any = await makeOutcome(hypervisor, described(`${now}.`));
	if ('refusal' in any) return any;
	return described(await adapters.editText(now));
}
