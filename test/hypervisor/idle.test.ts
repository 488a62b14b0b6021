/** Where nothing happens libvirt is hardly asked and no image is opened; what others do is noticed all the same. */
import {cp, mkdir, readdir, readFile, stat, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {LiveView} from '../../source/hypervisor/live-view.ts';
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
const noticed = (condition: () => boolean) => noticedBy(async () => condition());
async function noticedBy(condition: () => Promise<boolean>): Promise<void> {
	await waitUntil(async () => {
		await synchronizer.check();
		return condition();
	});
}

/** Whether this process has an inotify watch on the file itself (proc(5), fdinfo). */
async function isWatched(file: string): Promise<boolean> {
	const mark = ` ino:${(await stat(file)).ino.toString(16)} `;
	const numbers = await readdir('/proc/self/fdinfo');
	const texts = await Promise.all(numbers.map(one => readFile(`/proc/self/fdinfo/${one}`, 'utf8').catch(() => '')));
	return texts.some(text => text.includes(mark));
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

test('of an image that is changed by hand its file tells at once, and one in use does not', async () => {
	await open(lab.lab.env.XDG_CONFIG_HOME!);
	let stirs = 0;
	sources.images.onStir(() => stirs++);
	const file = await lab.sourceOf('web-stopped', 'vda');
	// What was written a moment ago is not trusted to be quiet.
	await noticedBy(() => isWatched(file));
	stirs = 0;
	await lab.writePatternLive('paused-build', 'vda', 0x11);
	await lab.qemuImg('snapshot', '-c', 'by-hand', file);
	await waitUntil(() => stirs > 0);
	expect(stirs).toBe(1);
	await noticed(() => tags('web-stopped').includes('by-hand'));
	await lab.qemuImg('snapshot', '-d', 'by-hand', file);
	await noticed(() => !tags('web-stopped').includes('by-hand'));
});

test('whoever watches looks at once when an image or the metadata stirs', async () => {
	await open(lab.lab.env.XDG_CONFIG_HOME!);
	const stir: (() => void)[] = [];
	const onStir = (listener: () => void) => void stir.push(listener);
	let looks = 0;
	const {images, metadata, reader} = sources;
	const domains = () => {
		looks++;
		return reader.quiet.domains();
	};
	const quiet = {...reader.quiet, domains};
	const counted: Sources = {
		...sources,
		reader: {...reader, quiet},
		images: {...images, onStir},
		metadata: {...metadata, onStir},
	};
	const live = new LiveView(counted, done.signal);
	live.subscribe(() => undefined);
	await waitUntil(() => looks > 0);
	expect(stir).toHaveLength(2);
	const started = performance.now();
	for (let time = 0; time < 10; time++) {
		const before = looks;
		stir[time % 2]!();
		await waitUntil(() => looks > before, {every: 1});
	}
	// By itself it would take 14 s for as many.
	expect(performance.now() - started).toBeLessThan(7000);
	done.abort();
	await live.stop();
});

test('that all has been read again is told also where nothing has changed', async () => {
	const more = Array.from({length: 16}, (_, index) => `one-of-many-${index}`);
	for (const name of more) await lab.lab.define({name, disks: []});
	await open(lab.lab.env.XDG_CONFIG_HOME!);
	const told: number[] = [];
	store.subscribe(() => told.push(store.view().pending.size));
	await synchronizer.readAll({fresh: true});
	expect(told).toEqual([19, 3, 0]);
	for (const name of more) await lab.virsh('undefine', name);
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
