/** Both ways to ask libvirt, on a real one: whatever is asked, they answer alike, and where one is refused the other is too. */
import path from 'node:path';
import {beforeAll, describe, expect, test} from 'vitest';
import {CommandError, ConnectionError} from '../../source/libvirt/errors.ts';
import {type DomainRow, type LibvirtReader, sortNames} from '../../source/libvirt/reader.ts';
import {virshReader} from '../../source/libvirt/virsh/virsh-reader.ts';
import {hasBackups} from '../helpers/backups.ts';
import {useLab, waitUntil} from '../helpers/lab.ts';
import {openWire} from './wire/open-wire.ts';

// biome-ignore lint/correctness/useHookAtTopLevel: a helper of these tests, not a hook of React
const lab = useLab([
	'Koan',
	'web-stopped',
	'paused-build',
	'saved-mail',
	'chain',
	'开发 环境 one',
	'odd "names"',
	'base-image',
]);

/** As a snapshot may be called; libvirt refuses a slash. */
const hostileNames = [
	'two\nlines',
	' spaces ',
	'-dash',
	`quote'"\\`,
	'<b>&amp;',
	'; quit',
	'é\u202Eüß',
	'Upper',
	'upper',
	'%s',
];
const poolName = `pool '"<&;\n快 --x`;
const volumeName = `volume '"&; 快.qcow2`;
const copied = 'copied';
const marked = 'marked';

let wire: LibvirtReader;
let virsh: LibvirtReader;
let rows: readonly DomainRow[];
/** Names of checkpoints, where this libvirt makes any. */
let checkpoints: readonly string[];

beforeAll(async () => {
	wire = await openWire(lab.lab);
	virsh = virshReader({uri: lab.lab.uri});
	for (const name of [copied, marked, 'transient'])
		await lab.lab.define({name, disks: [{target: 'vda', file: await lab.lab.createImage(`${name}.qcow2`)}]});
	for (const name of hostileNames) await snapshotNamed('base-image', name);
	await makeTransient();
	await makePool();
	await lab.virsh('start', copied);
	const copy = ['--dest', lab.image('copy.qcow2'), '--transient-job', '--format', 'qcow2'];
	await lab.virsh('blockcopy', '--domain', copied, '--path', 'vda', ...copy);
	await waitUntil(async () => /cur=(\d+)\n end=\1\b/.test(await lab.virsh('blockjob', '--raw', copied, 'vda')));
	await lab.virsh('start', marked);
	checkpoints = (await hasBackups(lab.lab)) ? ['zero', 'b', 'a'] : [];
	for (const name of checkpoints) await lab.virsh('checkpoint-create-as', marked, '--name', name);
	rows = await virsh.domains();
});

/** In XML, whatever it holds. */
const escaped = (text: string) => [...text].map(sign => `&#${sign.codePointAt(0)};`).join('');

async function snapshotNamed(domain: string, name: string): Promise<void> {
	const file = await lab.lab.writeFile(
		'snapshot.xml',
		`<domainsnapshot><name>${escaped(name)}</name></domainsnapshot>`,
	);
	await lab.virsh('snapshot-create', '--domain', domain, '--xmlfile', file);
}

async function makeTransient(): Promise<void> {
	const file = await lab.lab.writeFile('transient.xml', await lab.virsh('dumpxml', 'transient'));
	await lab.virsh('undefine', 'transient');
	await lab.virsh('create', file);
}

async function makePool(): Promise<void> {
	const folder = path.join(lab.lab.folder, 'files');
	const pool = `<pool type='dir'><name>${escaped(poolName)}</name><target><path>${folder}</path></target></pool>`;
	await lab.virsh('pool-create', await lab.lab.writeFile('pool.xml', pool));
	const about = `<capacity>1048576</capacity><target><format type='qcow2'/></target>`;
	const volume = await lab.lab.writeFile('volume.xml', `<volume><name>${escaped(volumeName)}</name>${about}</volume>`);
	await lab.virsh('vol-create', `--pool=${poolName}`, `--file=${volume}`);
}

type Outcome = {readonly value: unknown} | {readonly refusal: string};

async function outcome(answer: Promise<unknown>): Promise<Outcome> {
	try {
		return {value: await answer};
	} catch (error) {
		expect(error).toBeInstanceOf(CommandError);
		expect(error).not.toBeInstanceOf(ConnectionError);
		return {refusal: (error as CommandError).stderr};
	}
}

/** Asks both; a refusal over the wire is in the words that virsh prints. */
async function alike(question: (reader: LibvirtReader) => Promise<unknown>): Promise<unknown> {
	const [fast, sure] = await Promise.all([outcome(question(wire)), outcome(question(virsh))]);
	if ('refusal' in fast && 'refusal' in sure && !/failed to get \w+ '/.test(sure.refusal))
		expect(withoutNames(sure.refusal)).toContain(withoutNames(fast.refusal));
	else if ('refusal' in sure) expect(fast).toHaveProperty('refusal');
	else expect(fast).toEqual(sure);
	return 'value' in fast ? fast.value : fast;
}

/** virsh looks names up first, and has words of its own where it finds none; over the wire the UUID stands for the name. */
const withoutNames = (words: string) => words.replaceAll(/ \([^()]*\)|'[^']*'/g, '').trim();

const uuidOf = (name: string) => rows.find(row => row.name === name)!.uuid;

describe('the host', () => {
	test.each(['hostname', 'versions', 'capabilities'] as const)('%s', async name => {
		expect(await alike(reader => reader[name]())).not.toHaveProperty('refusal');
	});
});

describe('domains', () => {
	test('the list, with states, saved and transient ones', async () => {
		await alike(reader => reader.domains());
		expect(rows.find(({name}) => name === 'transient')).toMatchObject({persistent: false});
		expect(rows.find(({name}) => name === 'saved-mail')).toMatchObject({state: 'saved', managedSave: true});
		expect(rows.map(({state}) => state)).toEqual(expect.arrayContaining(['running', 'paused', 'shut off']));
	});

	test('each one: state, definitions, snapshots, checkpoints, jobs, disks', async () => {
		for (const {uuid} of rows) {
			await alike(reader => reader.state(uuid));
			for (const inactive of [false, true]) {
				for (const secure of [false, true]) await alike(reader => reader.definition(uuid, {inactive, secure}));
			}

			await alike(reader => reader.currentSnapshot(uuid));
			await alike(async reader => sortNames((await reader.snapshotNames(uuid)).flatMap(name => name.split('\n'))));
			await alike(reader => reader.checkpoints(uuid));
			await alike(reader => reader.job(uuid));
			for (const target of ['vda', 'hda', 'no such']) {
				await alike(reader => reader.blockJob(uuid, target));
				await alike(reader => reader.blockInfo(uuid, target));
			}
		}
	});

	test('snapshots whatever they are called', async () => {
		for (const {uuid} of rows) {
			for (const secure of [false, true]) {
				await alike(async reader => {
					const {records, problems} = await reader.snapshots(uuid, await reader.snapshotNames(uuid), {secure});
					const sorted = records.toSorted((left, right) =>
						Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)),
					);
					return {records: sorted, problems};
				});
			}
		}

		const {records} = await wire.snapshots(uuidOf('base-image'), await wire.snapshotNames(uuidOf('base-image')));
		expect(records.map(({name}) => name)).toEqual(sortNames(hostileNames));
		expect(await wire.currentSnapshot(uuidOf('base-image'))).toBe(hostileNames.at(-1));
	});

	test('jobs that are under way', async () => {
		expect(await alike(reader => reader.blockJob(uuidOf(copied), 'vda'))).toMatchObject({type: 'Block Copy'});
		expect(await alike(reader => reader.checkpoints(uuidOf(marked)))).toEqual(checkpoints);
	});

	test("QEMU's own words", async () => {
		await alike(async reader => JSON.parse(await reader.monitor(uuidOf('Koan'), {execute: 'query-status'})).return);
	});

	test('one that is not there', async () => {
		const nobody = '00000000-1111-2222-3333-444444444444';
		for (const question of ['state', 'definition', 'checkpoints'] as const)
			expect(await alike(reader => reader[question](nobody))).toHaveProperty('refusal');
		expect(await alike(reader => reader.snapshotNames(nobody))).toHaveProperty('refusal');
		expect(await alike(reader => reader.snapshots(nobody, ['x']))).toEqual({records: [], problems: []});
	});
});

describe('files', () => {
	test('volumes and pools', async () => {
		const file = path.join(lab.lab.folder, 'files', volumeName);
		expect(await alike(reader => reader.volumeXml({pool: poolName, name: volumeName}))).toContain('<volume');
		expect(await alike(reader => reader.volumeXml({path: file}))).toContain('<volume');
		expect(await alike(reader => reader.poolXml(poolName))).toContain('<pool');
		expect(await alike(reader => reader.volumeXml({pool: poolName, name: 'none'}))).toHaveProperty('refusal');
		expect(await alike(reader => reader.volumeXml({pool: 'none', name: 'none'}))).toHaveProperty('refusal');
		expect(await alike(reader => reader.poolXml('none'))).toHaveProperty('refusal');
	});

	test('saved memory', async () => {
		const file = path.join(lab.lab.folder, 'config/libvirt/qemu/save/saved-mail.save');
		for (const secure of [false, true]) {
			expect(await alike(reader => reader.savedXml(file, {secure}))).toContain('<domain');
		}

		expect(await alike(reader => reader.savedXml('/dev/null'))).toHaveProperty('refusal');
	});
});

test('both hear of what happens, and stop when told to', async () => {
	const koan = {uuid: uuidOf('Koan'), name: 'Koan'};
	const stop = new AbortController();
	const heard = new Map<string, Set<string>>();
	const listening = [wire, virsh].map((reader, index) => {
		const kinds = new Set<string>();
		heard.set(index === 0 ? 'wire' : 'virsh', kinds);
		return reader.listen(stop.signal, happening => {
			if (happening.concerns(koan)) kinds.add(happening.kind);
		});
	});
	await waitUntil(async () => {
		await lab.virsh('suspend', 'Koan');
		await lab.virsh('resume', 'Koan');
		return [...heard.values()].every(kinds => kinds.has('lifecycle'));
	});
	// Again and again: virsh 7.0 holds back what goes into a pipe until it has 4 KiB of it.
	await waitUntil(async () => {
		await lab.virsh('metadata', 'Koan', '--uri', 'urn:x', '--key', 'x', '--set', '<x/>');
		return [...heard.values()].every(kinds => kinds.has('metadata-change'));
	});
	stop.abort();
	await Promise.all(listening);
});
