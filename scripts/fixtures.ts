/**
 * `npm run fixtures [-- NAME …]`: records what test/fixtures/libvirt-VERSION/ holds anew (or these, which it may not hold yet), from a lab
 * on the libvirt of this machine. `git diff test/fixtures` shows what has changed.
 */
import {mkdir, readdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {setTimeout as delay} from 'node:timers/promises';
import {type Lab, startLab} from '../source/lab/lab.ts';
import type {DomainName} from '../source/lab/recipes/recipes.ts';
import {snapshotCreateAs} from '../source/lab/recipes/steps.ts';
import {project} from './bundle.ts';

type Recording = {
	/** The domains of the lab that it is about; null: all of them. */
	readonly of: readonly DomainName[] | null;
	readonly record: (lab: Lab) => Promise<string>;
};

const fixtures = path.join(project, 'test/fixtures');

const recordings: Readonly<Record<string, Recording>> = {
	'version.txt': {of: [], record: lab => lab.run('virsh', ['version', '--daemon'])},
	'capabilities.xml': {of: [], record: lab => lab.virsh('capabilities')},
	'list-names.txt': {of: null, record: lab => lab.virsh('list', '--all', '--uuid', '--name')},
	'list-table.txt': {of: null, record: lab => lab.virsh('list', '--all', '--managed-save')},
	'events.txt': {of: ['paused-build'], record: eventsOfSnapshot},
	'DBHost.xml': dump('DBHost'),
	'raw-data.xml': dump('raw-data'),
	'saved-mail.xml': dump('saved-mail'),
	'uefi-desk.xml': dump('uefi-desk'),
	'snapshot-internal.xml': dumpSnapshot('DBHost', 'after-upgrade'),
	'snapshot-external-memory.xml': dumpSnapshot('chain', 'tuesday'),
	'snapshot-quotes.xml': dumpSnapshot('odd "names"', `<b>&amp; "quoted" 'it'`),
	'snapshot-newline.xml': {of: ['Koan'], record: snapshotWithNewline},
	'exotic.xml': {of: [], record: lab => defineAgain(lab, 'libvirt-9.0/exotic.xml')},
	'virtiofs.xml': {of: [], record: lab => defineAgain(lab, 'libvirt-11.3/virtiofs.xml')},
	'vdpa.xml': {of: [], record: lab => defineAgain(lab, 'libvirt-11.3/vdpa.xml')},
};

function dump(domain: DomainName): Recording {
	return {of: [domain], record: lab => lab.virsh('dumpxml', domain)};
}

function dumpSnapshot(domain: DomainName, tag: string): Recording {
	return {of: [domain], record: lab => lab.virsh('snapshot-dumpxml', domain, `--snapshotname=${tag}`)};
}

async function eventsOfSnapshot(lab: Lab): Promise<string> {
	const listening = lab.run('virsh', ['-q', 'event', '--all', '--loop', '--timestamp', '--timeout', '10']);
	// It does not say when it listens.
	await delay(2000);
	await lab.virsh('resume', 'paused-build');
	await snapshotCreateAs(lab, 'paused-build', 'heard');
	await lab.virsh('suspend', 'paused-build');
	return (await listening).replaceAll(/^event.*(?:timed out|received).*\n?/gm, '');
}

async function snapshotWithNewline(lab: Lab): Promise<string> {
	for (const tag of ['x;echo HACK', 'new\nline']) await snapshotCreateAs(lab, 'Koan', tag);
	return lab.virsh('snapshot-dumpxml', 'Koan', '--snapshotname=new\nline');
}

/** Hardware that no lab has: a definition can be given to libvirt all the same, and says it in its own words. */
async function defineAgain(lab: Lab, recorded: string): Promise<string> {
	const xml = await readFile(path.join(fixtures, recorded), 'utf8');
	// libvirt 9.0 writes a newline of an attribute as it is, and reads that as a space.
	const written = xml.replaceAll(/='[^']*'/g, value => value.replaceAll('\n', '&#10;'));
	await lab.virsh('define', await lab.writeFile('again.xml', written));
	return lab.virsh('dumpxml', /<uuid>(.*)<\/uuid>/.exec(xml)![1]!);
}

/** "libvirt-9.0". */
async function folderName(lab: Lab): Promise<string> {
	const words = await lab.run('virsh', ['version', '--daemon']);
	return `libvirt-${/daemon: (\d+\.\d+)/.exec(words)![1]}`;
}

const say = (line: string) => process.stderr.write(`fixtures: ${line}\n`);

/** What is recorded on the libvirt of this folder, the others named. */
async function chosen(folder: string, typed: readonly string[]): Promise<string[]> {
	const odd = typed.find(name => recordings[name] === undefined);
	if (odd) throw new Error(`${odd} is no fixture. There are: ${Object.keys(recordings).join(', ')}`);
	if (typed.length > 0) return [...typed];
	for (const other of await readdir(fixtures)) {
		const libvirt = other.startsWith('libvirt-');
		if (other !== folder)
			say(`${other}: left as it is, ${libvirt ? `needs ${other}` : 'only an earlier virsnap writes it'}`);
	}
	const mine = await readdir(path.join(fixtures, folder));
	// In the order of the table: what is defined for one must not stand in the lists.
	return Object.keys(recordings).filter(name => mine.includes(name));
}

const typed = process.argv.slice(2);
const needed = typed.length > 0 ? typed.flatMap(name => recordings[name]?.of ?? null) : [null];
const domains = needed.includes(null) ? undefined : needed.filter(name => name !== null);
const lab = await startLab({domains, log: line => process.stderr.write(`lab: ${line}\n`)});
try {
	const folder = await folderName(lab);
	await mkdir(path.join(fixtures, folder), {recursive: true});
	for (const name of await chosen(folder, typed)) {
		const words = await recordings[name]!.record(lab);
		await writeFile(path.join(fixtures, folder, name), `${words.replaceAll(lab.folder, '/lab').trimEnd()}\n`);
		say(`${folder}/${name}: recorded`);
	}
} finally {
	await lab.stop();
}
