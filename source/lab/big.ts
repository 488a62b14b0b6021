import {randomUUID} from 'node:crypto';
import {chown, copyFile} from 'node:fs/promises';
import {type DomainSpec, domainXml, snapshotXml} from './domain-xml.ts';
import type {Lab} from './lab.ts';

type BigLabOptions = {
	domains?: number;
	snapshots?: number;
	disks?: number;
	log?: (line: string) => void;
};

/** What a domain of the big lab is made from: how many snapshots and disks fall to it. */
type Share = {name: string; snapshots: number; disks: number};

/**
 * Fill a lab with many domains, all shut off, to measure by: snapshots and disks are dealt out evenly.
 *
 * Fast because nothing runs: one image per number of snapshots is prepared and copied, and libvirt is given records of what the copies hold,
 * by few processes of virsh.
 */
export async function fillBigLab(
	lab: Lab,
	{domains = 304, snapshots = 3009, disks = 310, log = () => {}}: BigLabOptions = {},
): Promise<void> {
	const shares = dealOut(domains, snapshots, disks);
	const templates = new Map<number, Template>();
	for (const {snapshots: count} of shares) {
		if (!templates.has(count)) templates.set(count, await prepareTemplate(lab, count));
	}

	log(`${templates.size} images prepared`);
	// Several connections at once: the daemon spends its time waiting for the disk.
	const queues = Array.from({length: 4}, (_, index) => shares.filter((_, position) => position % 4 === index));
	await Promise.all(queues.map(queue => prepareShares(lab, queue, templates)));
	log(`${domains} domains with ${snapshots} snapshots on ${disks} disks`);
}

async function prepareShares(lab: Lab, shares: readonly Share[], templates: Map<number, Template>): Promise<void> {
	const commands: string[] = [];
	for (const share of shares) {
		const template = templates.get(share.snapshots);
		if (template) commands.push(...(await prepareShare(lab, share, template)));
	}

	await virshAtOnce(lab, commands);
}

function dealOut(domains: number, snapshots: number, disks: number): Share[] {
	const width = String(domains).length;
	return Array.from({length: domains}, (_, index) => ({
		name: `domain-${String(index + 1).padStart(width, '0')}`,
		snapshots: portion(snapshots, domains, index),
		disks: portion(disks, domains, index),
	}));
}

/** The index-th of so many equal parts of a total, in whole numbers. */
function portion(total: number, parts: number, index: number): number {
	return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}

type Template = {file: string; snapshots: Array<{name: string; creationTime: number}>};

async function prepareTemplate(lab: Lab, count: number): Promise<Template> {
	const file = await lab.createImage(`template-${count}.qcow2`);
	for (let number = 1; number <= count; number++) await lab.qemuImg('snapshot', '-c', `snapshot-${number}`, file);
	const information = JSON.parse(await lab.qemuImg('info', '--output=json', file)) as {
		snapshots?: Array<{name: string; 'date-sec': number}>;
	};
	const snapshots = (information.snapshots ?? []).map(row => ({name: row.name, creationTime: row['date-sec']}));
	return {file, snapshots};
}

/** Copy a domain's disks and write its documents; answers with the virsh commands that make them known. */
async function prepareShare(lab: Lab, share: Share, template: Template): Promise<string[]> {
	const targets = Array.from({length: share.disks}, (_, index) => `vd${'abcdefgh'[index]}`);
	const disks = targets.map(target => ({target, file: lab.image(`${share.name}-${target}.qcow2`)}));
	const spec: DomainSpec = {
		name: share.name,
		uuid: randomUUID(),
		disks,
	};
	await Promise.all(disks.map(disk => copyTo(lab, template.file, disk.file)));
	const definition = await lab.writeFile(`${share.name}.xml`, domainXml(spec));
	const redefinitions = template.snapshots.map(async (snapshot, index) => {
		const parent = template.snapshots[index - 1]?.name;
		const file = await lab.writeFile(`${share.name}.${snapshot.name}.xml`, snapshotXml({...snapshot, parent}, spec));
		const current = index === template.snapshots.length - 1 ? ' --current' : '';
		return `snapshot-create --domain ${share.name} --xmlfile ${file} --redefine${current}`;
	});
	return [`define --file ${definition}`, ...(await Promise.all(redefinitions))];
}

async function copyTo(lab: Lab, from: string, to: string): Promise<void> {
	await copyFile(from, to);
	if (lab.user) await chown(to, lab.user.uid, lab.user.gid);
}

/** One virsh for all: its exit status is that of the last command only, so any error on its stderr counts. */
async function virshAtOnce(lab: Lab, commands: readonly string[]): Promise<void> {
	const {stderr} = await lab.runFully('virsh', ['-q'], {input: `${commands.join('\n')}\n`});
	if (stderr !== '') throw new Error(stderr);
}
