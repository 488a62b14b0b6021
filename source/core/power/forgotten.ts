/** A transient domain stops: libvirt keeps no definition of it, and so nothing else either. */
import type {Domain} from '../model/domain.ts';
import type {Expectation} from '../model/plan.ts';
import {enumerate, plural, printable} from '../words/text.ts';

/** What is to be read back of it. */
export const forgotten = ({name, uuid}: Pick<Domain, 'name' | 'uuid'>): Expectation => ({
	kind: 'no-domain',
	name,
	uuid,
});

/** What to say of it before, with the words that follow; nothing of a domain that has a definition. */
export function forgottenWarnings(
	{persistent, snapshots}: Pick<Domain, 'persistent' | 'snapshots'>,
	next = '',
): string[] {
	if (persistent) return [];
	const tags = snapshots.filter(({libvirt}) => libvirt).map(({tag}) => printable(tag));
	const records =
		tags.length === 0
			? ''
			: `, with its ${plural(tags.length, 'record', 'records')} of ${enumerate(tags)}; the files stay`;
	return [`The domain is transient: libvirt forgets it when it stops${records}.${next === '' ? '' : ` ${next}`}`];
}
