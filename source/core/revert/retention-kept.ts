/** libvirt's own revert takes the definition of that time back, and with it what the metadata said then of protection and expiry. */
import {recordedDefinition, recordedDefinitions} from '../domain-xml/comparable.ts';
import {retentionsIn} from '../domain-xml/retention.ts';
import {isActive} from '../model/domain.ts';
import type {Facts} from '../model/facts.ts';
import type {Expectation, Plan} from '../model/plan.ts';
import {healths, type Retention, type Snapshot} from '../model/snapshot.ts';
import type {Step} from '../model/step.ts';
import {sameRetentions, withRetention} from '../snapshots/retention.ts';
import {retentionStep} from '../steps/shared-steps.ts';
import type {RevertDraft} from './revert-step.ts';

/** The draft with a last step that says again what is said now; as it is where libvirt changes nothing of that. */
export function withRetentionsKept(facts: Facts, snapshot: Snapshot, draft: RevertDraft): RevertDraft {
	const {retentions, snapshots} = facts.domain;
	const byLibvirt = draft.steps.some(({does}) => does.kind === 'revert-snapshot');
	if (!byLibvirt || saidThen(facts, snapshot.tag, retentions)) return draft;
	const state = draft.expect.find(one => one.kind === 'state')?.state;
	const active = state === undefined ? isActive(facts.domain) : isActive({state});
	const kept = keepStep(facts, retentions, active);
	const expected = snapshots
		.filter(one => one.protected)
		.map(({tag}): Expectation => ({kind: 'snapshot', tag, health: healths, protected: true}));
	return {...draft, steps: [...draft.steps, kept], expect: [...draft.expect, ...expected]};
}

/** The running definition of that time may say something else than the one for the next start: libvirt brings both back. */
function saidThen({snapshotXml}: Facts, tag: string, retentions: readonly Retention[]): boolean {
	const definitions = recordedDefinitions(snapshotXml[tag] ?? '');
	const then = definitions.length === 0 ? [[]] : definitions.map(retentionsIn);
	return then.every(rows => sameRetentions(rows, retentions));
}

/** `active`: whether the domain runs by then. */
const keepStep = (facts: Facts, retentions: readonly Retention[], active: boolean): Step =>
	retentionStep(facts, 'Keep protection and expiry of the snapshots as they are now', retentions, {
		active,
		changes: [{sign: '~', what: 'metadata of the domain: protection and expiry as now, not as then'}],
		before: retentions,
		stays: true,
	});

/** This step for the domain in the state that it is in now; null where it is another one. */
export const saidAgain = (facts: Facts, {does}: Step): Step | null =>
	does.kind === 'set-retention' ? keepStep(facts, does.retentions, isActive(facts.domain)) : null;

/**
 * The facts with protection and expiry as this plan was to keep them, where a revert that was broken off has put those of the snapshot
 * in their place.
 */
export function withRetentionsOf({steps, tag}: Pick<Plan, 'steps' | 'tag'>, facts: Facts): Facts {
	const {domain, snapshotXml} = facts;
	const kept = steps.map(({does}) => does).find(does => does.kind === 'set-retention');
	const then = recordedDefinition(snapshotXml[tag ?? ''] ?? '') ?? '';
	if (!kept || !sameRetentions(domain.retentions, retentionsIn(then))) return facts;
	const {retentions} = kept;
	return {...facts, domain: {...domain, retentions, snapshots: withRetention(domain.snapshots, retentions)}};
}
