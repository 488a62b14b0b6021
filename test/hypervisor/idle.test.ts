/** Where nothing happens libvirt is hardly asked and no image is opened; what others do is noticed all the same. */
import {cp, mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {createSynchronizer, type Synchronizer} from '../../source/hypervisor/synchronizer.ts';
import {createViewStore, type ViewStore} from '../../source/hypervisor/view-store.ts';
import {openSources, type Sources} from '../../source/inventory/sources.ts';
import {useLab, waitUntil} from '../helpers/lab.ts';

// biome-ignore lint/correctness/useHookAtTopLevel: a helper of these tests, not a hook of React
const lab = useLab(['web-stopped', 'paused-build', 'base-image']);

let sources: Sources;
let synchronizer: Synchronizer;
let store: ViewStore;
let asked: string[];
let done: AbortController;

async function open(config: string): Promise<void> {
	const env = {XDG_CONFIG_HOME: config};
	const read = openSources({uri: lab.lab.uri, env, signal: done.signal}, {env: process.env, uid: 0});
	const {quiet} = read.reader;
	const snapshotNames = (uuid: string) => {
		asked.push(uuid);
		return quiet.snapshotNames(uuid);
	};
	sources = {...read, reader: {...read.reader, quiet: {...quiet, snapshotNames}}};
	store = createViewStore();
	synchronizer = createSynchronizer(sources, store);
	await synchronizer.readAll();
	await settled();
}

/** What has just been read is looked at again until it is known to be steady. */
async function settled(): Promise<void> {
	for (let look = 0; look < 4; look++) await synchronizer.check();
	asked = [];
}

beforeEach(() => {
	asked = [];
	done = new AbortController();
});
afterEach(() => done.abort());

const domain = (name: string) => store.view().inventory!.domains.find(one => one.name === name)!;
const tags = (name: string) => domain(name).snapshots.map(({tag}) => tag);
async function noticed(condition: () => boolean): Promise<void> {
	await waitUntil(async () => {
		await synchronizer.check();
		return condition();
	});
}

/** At one look of a few: at every thirtieth all are asked. */
async function nobodyAsked(): Promise<void> {
	const looks: number[] = [];
	for (let look = 0; look < 4; look++) {
		asked = [];
		expect(await synchronizer.check()).toBe(false);
		looks.push(asked.length);
	}
	expect(looks).toContain(0);
}

test('the folder of the metadata tells when snapshots change', async () => {
	await open(lab.lab.env.XDG_CONFIG_HOME!);
	await nobodyAsked();

	await lab.virsh('snapshot-create-as', 'web-stopped', 'second');
	await noticed(() => tags('web-stopped').includes('second'));
	await settled();
	await lab.virsh('snapshot-current', 'web-stopped', 'installed');
	await noticed(() => domain('web-stopped').snapshots.some(({tag, current}) => tag === 'installed' && current));
	await settled();
	await lab.virsh('snapshot-delete', 'web-stopped', 'second', '--metadata');
	await noticed(() =>
		domain('web-stopped').snapshots.every(({tag, health}) => tag !== 'second' || health === 'unmanaged'),
	);
	await settled();

	expect(tags('base-image')).toEqual([]);
	await lab.virsh('snapshot-create-as', 'base-image', 'first');
	await noticed(() => tags('base-image').includes('first'));
	await settled();
	await lab.virsh('snapshot-delete', 'base-image', 'first');
	await noticed(() => tags('base-image').length === 0);
	await settled();
	await nobodyAsked();
});

test('of a snapshot that raises no event the folder tells at once', async () => {
	await open(lab.lab.env.XDG_CONFIG_HOME!);
	const {promise, resolve} = Promise.withResolvers<void>();
	sources.metadata.onStir(resolve);
	await lab.virsh('snapshot-create-as', 'web-stopped', 'unheard');
	await promise;
	await noticed(() => tags('web-stopped').includes('unheard'));
	await lab.virsh('snapshot-delete', 'web-stopped', 'unheard');
});

test('the record of another libvirt is not believed', async () => {
	const folder = path.join(lab.lab.folder, 'elsewhere');
	const snapshots = path.join(lab.lab.env.XDG_CONFIG_HOME!, 'libvirt/qemu/snapshot');
	await mkdir(path.join(folder, 'libvirt/qemu'), {recursive: true});
	// Nothing but folders: it might be one of a daemon that has other domains.
	await mkdir(path.join(folder, 'libvirt/qemu/snapshot'));
	await open(folder);
	await synchronizer.check();
	expect(asked).toHaveLength(3);
	await cp(snapshots, path.join(folder, 'libvirt/qemu/snapshot'), {recursive: true});
	const uuid = domain('web-stopped').uuid;
	const files = path.join(folder, 'libvirt/qemu/snapshot');
	const record = path.join(files, 'web-stopped', 'installed.xml');
	const xml = await readFile(record, 'utf8');
	await writeFile(record, xml.replaceAll(uuid, '00000000-0000-4000-8000-000000000000'));
	await settled();
	await synchronizer.check();
	expect(asked).toContain(uuid);
});
