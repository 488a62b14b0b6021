/** What is asked about the sizes of a domain's snapshots, as long as the hypervisor is open. */
import type {Domain} from '../core/model/domain.ts';
import type {Hypervisor, Reading} from '../core/model/hypervisor.ts';
import type {Sources} from '../inventory/sources.ts';

const loaded = () => import('../inventory/sizes.ts');

/** @param domainOf by its UUID, as it is on view; of one that is not nothing is known */
export function sizeQuestions(
	sources: Sources,
	domainOf: (uuid: string) => Domain | undefined,
	closed: AbortSignal,
): Pick<Hypervisor, 'sizes' | 'sizeTogether' | 'difference'> {
	const untilClosed = (reading: Reading = {}): Reading => ({
		...reading,
		signal: AbortSignal.any([closed, ...(reading.signal ? [reading.signal] : [])]),
	});
	return {
		sizes: async (uuid, reading) => {
			const domain = domainOf(uuid);
			return domain ? (await loaded()).readSizes(sources, domain, untilClosed(reading)) : [];
		},
		sizeTogether: async (uuid, tags, reading) => {
			const domain = domainOf(uuid);
			return domain
				? (await loaded()).readFreedTogether(sources, domain, tags, untilClosed(reading))
				: {bytes: null, reason: null};
		},
		difference: async (uuid, from, to, reading) => {
			const domain = domainOf(uuid);
			return domain ? (await loaded()).readBetween(sources, domain, [from, to], untilClosed(reading)) : [];
		},
	};
}
