/** A hypervisor that finds no virsh at all: everything is read, and what happens is heard of, on one quiet connection. */
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {useLab, waitUntil} from '../helpers/lab.ts';

// biome-ignore lint/correctness/useHookAtTopLevel: a helper of these tests, not a hook of React
const lab = useLab(['web-stopped', 'paused-build', 'saved-mail']);

let hypervisor: Hypervisor;
beforeEach(() => {
	const env = {PATH: '/nonexistent'};
	hypervisor = openHypervisor({uri: lab.lab.uri, env, receipts: path.join(lab.lab.folder, 'receipts')});
});
afterEach(() => hypervisor.close());

const domainOf = (name: string) => hypervisor.view().inventory?.domains.find(domain => domain.name === name);

const programs = () => hypervisor.commandLog().map(({argv}) => argv[0]);

async function watched(): Promise<void> {
	hypervisor.subscribe(() => undefined);
	await waitUntil(() => domainOf('web-stopped') && hypervisor.view().pending.size === 0);
}

test('reads everything, facts for a plan too, and starts no virsh', async () => {
	await hypervisor.refresh();
	const {host} = hypervisor.view().inventory!;
	expect(host).toMatchObject({libvirt: expect.stringMatching(/^\d+\.\d+\.\d+$/), throughVirsh: null});
	expect(domainOf('saved-mail')).toMatchObject({state: 'saved', managedSave: true, persistent: true});
	expect(domainOf('paused-build')).toMatchObject({state: 'paused'});
	expect(domainOf('web-stopped')!.snapshots.map(({tag}) => tag)).toEqual(['installed']);
	const facts = await hypervisor.facts(domainOf('paused-build')!.uuid);
	expect(facts).toMatchObject({held: null, job: null, checkpoints: [], domain: {problems: []}});
	expect(facts.inactiveXml).toContain('<name>paused-build</name>');
	expect(Object.keys(facts.snapshotXml)).toEqual(['halfway']);
	expect(programs()).not.toContain('virsh');
});

test('hears what others do: states by events, snapshots because it looks', async () => {
	await watched();
	await lab.virsh('resume', 'paused-build');
	await waitUntil(() => domainOf('paused-build')!.state === 'running');
	await lab.virsh('snapshot-delete', 'web-stopped', 'installed', '--metadata');
	await waitUntil(() => domainOf('web-stopped')!.snapshots.every(({tag}) => tag !== 'installed'));
	expect(programs()).not.toContain('virsh');
});

test('a killed daemon is connected to again by itself', async () => {
	await watched();
	const states: string[] = [];
	hypervisor.subscribe(() => states.push(hypervisor.view().connection.status));
	await lab.lab.restartDaemon();
	await waitUntil(() => states.at(-1) === 'connected');
	await lab.virsh('suspend', 'paused-build').catch(() => lab.virsh('start', '--paused', 'paused-build'));
	await waitUntil(() => domainOf('paused-build')!.state === 'paused');
});
