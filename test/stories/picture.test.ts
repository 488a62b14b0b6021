/** What the screen of a guest showed is kept with its snapshot, where that is wanted, for as long as the snapshot is there. */
import {readdir, readFile, stat} from 'node:fs/promises';
import path from 'node:path';
import {expect} from 'vitest';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import type {Intent} from '../../source/core/model/intent.ts';
import {rasterOf} from '../../source/core/snapshots/contents/picture.ts';
import {pictureFolder} from '../../source/execute/plan/pictures/folder.ts';
import {readRaster} from '../../source/execute/plan/pictures/formats.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {planFor} from '../facts/plan.ts';
import type {Lab} from '../helpers/lab.ts';
import {variants} from '../helpers/variants.ts';
import {receiptsOf} from './hypervisors.ts';
import {type Cast, type Story, test} from './story.ts';

const open = (lab: Lab, wanted: boolean) =>
	openHypervisor({uri: lab.uri, env: lab.env, receipts: receiptsOf(lab), pictures: async () => wanted});

/** Who wants pictures, and who does not. */
function both(lab: Lab, onTestFinished: (end: () => Promise<void>) => void): [Hypervisor, Hypervisor] {
	const all: [Hypervisor, Hypervisor] = [open(lab, true), open(lab, false)];
	onTestFinished(async () => {
		await Promise.all(all.map(one => one.close()));
	});
	return all;
}

/** Of a domain whose firmware has written something on its screen. */
async function withScreen({lab, domain}: Story, name: string): Promise<Cast> {
	const cast = await domain(name);
	const defined = await cast.virsh('dumpxml', '--inactive');
	const file = await lab.writeFile(
		`${name}-screen.xml`,
		defined.replace('</devices>', "<video><model type='vga'/></video></devices>"),
	);
	await lab.virsh('define', '--file', file);
	await cast.virsh('start');
	const shot = path.join(lab.folder, `${name}.shot`);
	await expect
		.poll(async () => {
			await cast.virsh('screenshot', '--file', shot);
			const raster = await readRaster(await readFile(shot));
			return raster?.rgb.some(byte => byte > 128);
		})
		.toBe(true);
	return cast;
}

async function does(hypervisor: Hypervisor, {uuid}: Cast, intent: Intent): Promise<void> {
	const receipt = await hypervisor.carryOut(planFor(await hypervisor.facts(uuid), intent));
	expect(receipt, receipt.message).toMatchObject({status: 'verified'});
}

async function pictureOf(hypervisor: Hypervisor, cast: Cast, tag: string) {
	const snapshot = await cast.snapshot(tag);
	return hypervisor.picture(cast.uuid, snapshot!.createdAt!);
}

const kept = async (lab: Lab) => readdir(pictureFolder(receiptsOf(lab))).catch(() => []);

test.for(variants(['libvirt-internal', 'external-live', 'monitor'] as const, method => method !== 'monitor'))(
	'%s: the screen is kept, small and private, and goes with the snapshot',
	async (method, {story, onTestFinished}) => {
		const {lab} = story;
		const cast = await withScreen(story, `shown ${method}`);
		const hypervisor = open(lab, true);
		onTestFinished(() => hypervisor.close());
		await does(hypervisor, cast, {verb: 'create', tag: 's', method});
		const picture = (await pictureOf(story.hypervisor, cast, 's'))!;
		expect(picture.width).toBe(160);
		expect(Math.max(...rasterOf(picture)!.rgb)).toBeGreaterThan(40);
		expect((await stat(picture.file)).mode & 0o777).toBe(0o600);
		expect(await kept(lab)).toEqual([path.basename(picture.file)]);

		await does(hypervisor, cast, {verb: 'delete', tag: 's'});
		expect(await kept(lab)).toEqual([]);
	},
);

test('a guest without a screen, and one that nobody wants pictures of, is taken as well', async ({
	story,
	onTestFinished,
}) => {
	const {lab} = story;
	const [wanted, unwanted] = both(lab, onTestFinished);
	const blind = await story.domain('blind', {running: true});
	await does(wanted, blind, {verb: 'create', tag: 's', method: 'libvirt-internal'});
	const seen = await withScreen(story, 'seen');
	await does(unwanted, seen, {verb: 'create', tag: 's', method: 'libvirt-internal'});
	expect(await kept(lab)).toEqual([]);
	expect(await pictureOf(wanted, seen, 's')).toBeNull();
});

test('another tag keeps it, and a later snapshot of the same tag does not inherit it', async ({
	story,
	onTestFinished,
}) => {
	const {lab} = story;
	const [wanted, unwanted] = both(lab, onTestFinished);
	const cast = await withScreen(story, 'renamed');
	await does(wanted, cast, {verb: 'create', tag: 'old', method: 'external-live'});
	const picture = await pictureOf(wanted, cast, 'old');
	await does(wanted, cast, {verb: 'edit', tag: 'old', newTag: 'new'});
	expect(picture).not.toBeNull();
	expect(await pictureOf(wanted, cast, 'new')).toEqual(picture);

	await does(wanted, cast, {verb: 'delete', tag: 'new'});
	await does(wanted, cast, {verb: 'create', tag: 's', method: 'libvirt-internal'});
	expect(await kept(lab)).toHaveLength(1);
	await cast.virsh('snapshot-delete', '--snapshotname', 's');
	await does(unwanted, cast, {verb: 'create', tag: 's', method: 'libvirt-internal'});
	expect(await pictureOf(wanted, cast, 's')).toBeNull();
	expect(await kept(lab)).toEqual([]);
});

test('pictures of a domain that is gone go with the next operation on another one', async ({story, onTestFinished}) => {
	const {lab} = story;
	const hypervisor = open(lab, true);
	onTestFinished(() => hypervisor.close());
	const [gone, stays] = [await withScreen(story, 'gone'), await withScreen(story, 'stays')];
	for (const cast of [gone, stays])
		await does(hypervisor, cast, {verb: 'create', tag: 's', method: 'libvirt-internal'});
	expect(await kept(lab)).toHaveLength(2);
	await does(hypervisor, stays, {verb: 'edit', tag: 's', description: 'one'});
	expect(await kept(lab)).toHaveLength(2);
	await gone.virsh('destroy');
	await gone.virsh('undefine', '--snapshots-metadata', '--nvram');
	await does(hypervisor, stays, {verb: 'edit', tag: 's', description: 'two'});
	expect((await kept(lab)).map(name => name.slice(0, 36))).toEqual([stays.uuid]);
});
