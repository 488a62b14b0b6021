/** Putting virsnap on a host that has none, or another version: shown with size and path, and asked for. */
import type {NamedHost} from '../../core/model/hypervisor.ts';
import {formatBytes, t} from '../../core/words/text.ts';
import {agrees} from '../change/ask.ts';
import {type Context, print, say} from '../context.ts';

type Wishes = {readonly yes?: true; readonly 'no-install'?: true};

/** What cannot be done or is not wanted is said; the host can be added without. Rejects where it is not reached, or putting it there failed. */
export async function bringVirsnap(context: Context, {name, uri}: NamedHost, wishes: Wishes): Promise<void> {
	const {adapters, io} = context;
	if (uri === null || wishes['no-install']) return;
	const there = await adapters.lookThere(uri);
	if (there === null || there.version === adapters.version) return;
	print(
		context,
		there.version === null
			? t`${name} has no virsnap.`
			: t`${name} has virsnap ${there.version}, this is ${adapters.version}.`,
	);
	const {bytes, folder, hindrance, put} = await there.offer();
	if (hindrance !== null) {
		say(context, t`It cannot be put there: ${hindrance.reason} ${hindrance.remedy}`);
		return;
	}
	print(context, t`virsnap ${adapters.version} can be put there: ${formatBytes(bytes)}, into ${folder}.`);
	print(context, 'It needs no root there and touches nothing else; `hosts remove --clean` removes it.');
	if (!wishes.yes && !(io.stdin.isTTY && io.stderr.isTTY)) {
		say(context, 'Nobody can be asked here: give --yes to put it there.');
		return;
	}
	if (!wishes.yes && !(await agrees(context, null))) return;
	await put();
	print(context, t`Put virsnap ${adapters.version} there; it was checked and answers.`);
}
