/** A view in pieces: only domains that differ from what the other end has go over the line. */
import type {Domain, Host} from '../../../core/model/domain.ts';
import type {Facts} from '../../../core/model/facts.ts';
import type {ConnectionState, View} from '../../../core/model/hypervisor.ts';

/** What changed of a view. Domains that are as before stand in it by their UUID. */
export type ViewChange = {
	readonly connection: ConnectionState;
	readonly host: Host | null;
	readonly domains: readonly (Domain | string)[];
	readonly pending: readonly string[];
};

/** Facts in which domains that the other end knows from the view stand by their UUID. */
export type SentFacts = Omit<Facts, 'domain' | 'domains'> & {
	readonly domain: Domain;
	readonly domains: readonly (Domain | string)[];
};

export type Sender = {
	changeOf(view: View): ViewChange;
	factsOf(facts: Facts): SentFacts;
};

/** Knows what the other end has been sent. */
export function viewSender(): Sender {
	const sent = new Map<string, {readonly domain: Domain; readonly json: string}>();

	/** As the other end has it already, or whole. */
	const short = (domain: Domain): Domain | string => {
		const known = sent.get(domain.uuid);
		return known && (known.domain === domain || known.json === JSON.stringify(domain)) ? domain.uuid : domain;
	};

	return {
		changeOf({connection, inventory, pending}) {
			const domains = inventory?.domains ?? [];
			const short = domains.map(domain => sentBefore(domain));
			const present = new Set(domains.map(({uuid}) => uuid));
			for (const uuid of sent.keys()) if (!present.has(uuid)) sent.delete(uuid);
			return {connection, host: inventory?.host ?? null, domains: short, pending: [...pending]};
		},
		factsOf: facts => ({...facts, domains: facts.domains.map(short)}),
	};

	function sentBefore(domain: Domain): Domain | string {
		const said = short(domain);
		if (said === domain) sent.set(domain.uuid, {domain, json: JSON.stringify(domain)});
		return said;
	}
}

/** The other side of `viewSender`. */
export function viewReceiver() {
	let known = new Map<string, Domain>();

	const whole = (domains: readonly (Domain | string)[]): Domain[] =>
		domains.flatMap(one => (typeof one === 'string' ? (known.get(one) ?? []) : [one]));

	return {
		viewOf({connection, host, domains, pending}: ViewChange): View {
			const present = whole(domains);
			known = new Map(present.map(domain => [domain.uuid, domain]));
			return {connection, inventory: host && {host, domains: present}, pending: new Set(pending)};
		},
		factsOf: (facts: SentFacts): Facts => ({...facts, domains: whole(facts.domains)}),
	};
}
