import type {Lab} from './lab.ts';

/** Where in a disk, in bytes, and what the image is when it does not say so itself. */
export type Extent = {offset?: number; length?: number; format?: 'qcow2' | 'raw'};

/** Fill part of an image of a domain that is shut off with one byte value. */
export async function writePattern(lab: Lab, file: string, byte: number, extent: Extent = {}): Promise<void> {
	await qemuIo(lab, file, `write -P ${byte} ${range(extent)}`, formatOf(extent));
}

/** Whether part of an image holds nothing but one byte value; reading takes no lock, so the domain may run (see `hasPatternLive`). */
export async function hasPattern(lab: Lab, file: string, byte: number, extent: Extent = {}): Promise<boolean> {
	const args = ['-r', '-U', ...formatOf(extent)];
	try {
		// Some versions exit 0 on a mismatch: what is printed decides.
		return !/verification failed/i.test(await qemuIo(lab, file, `read -P ${byte} ${range(extent)}`, args));
	} catch (error) {
		if (error instanceof Error && /verification failed/i.test(error.message)) return false;
		throw error;
	}
}

/** The same as `writePattern` for a running or paused domain: written by its QEMU, as if by the guest. */
export async function writePatternLive(
	lab: Lab,
	domain: string,
	target: string,
	byte: number,
	extent: Extent = {},
): Promise<void> {
	await qemuIoLive(lab, domain, target, `write -P ${byte} ${range(extent)}`);
	// What qemu-io has to say goes to QEMU's own log: only reading back shows that it wrote.
	if (!(await hasPatternLive(lab, domain, target, byte, extent)))
		throw new Error(`${domain}: ${target} did not take the pattern ${byte}`);
}

/** The same as `hasPattern` for a running or paused domain, whose QEMU first brings the file up to date. */
export async function hasPatternLive(
	lab: Lab,
	domain: string,
	target: string,
	byte: number,
	extent: Extent = {},
): Promise<boolean> {
	await qemuIoLive(lab, domain, target, 'flush');
	return hasPattern(lab, await sourceOf(lab, domain, target), byte, extent);
}

/** The file a domain's disk lies in at present. */
export async function sourceOf(lab: Lab, domain: string, target: string): Promise<string> {
	const rows = (await lab.virsh('domblklist', '--domain', domain)).split('\n').map(row => row.trim());
	const row = rows.find(candidate => candidate.startsWith(`${target} `));
	if (row === undefined) throw new Error(`${domain} has no disk ${target}`);
	const source = row.slice(target.length).trim();
	return source === '-' || source.startsWith('/') ? source : volumePath(lab, domain, source);
}

/** `domblklist` says of a volume no more than its name. */
async function volumePath(lab: Lab, domain: string, volume: string): Promise<string> {
	const xml = await lab.virsh('dumpxml', '--domain', domain);
	const disks = [...xml.matchAll(/<source pool='([^']+)' volume='([^']+)'/g)];
	const pool = disks.find(([, , name]) => name === volume)?.[1];
	if (pool === undefined) throw new Error(`${domain} has no volume ${volume}`);
	return (await lab.virsh('vol-path', '--pool', pool, '--vol', volume)).trim();
}

function qemuIo(lab: Lab, file: string, command: string, args: string[]): Promise<string> {
	return lab.run('qemu-io', [...args, '-c', command, '--', file]);
}

/** A disk's own backend is the way in: by its node name QEMU refuses to write beside the device. */
async function qemuIoLive(lab: Lab, domain: string, target: string, command: string): Promise<void> {
	const index = target.charCodeAt(2) - 'a'.charCodeAt(0);
	const answer = await lab.monitor(
		domain,
		`qemu-io -d /machine/peripheral/virtio-disk${index}/virtio-backend "${command}"`,
	);
	if (answer !== '') throw new Error(`${domain}: ${command}: ${answer}`);
}

function range({offset = 0, length = 65_536}: Extent): string {
	return `${offset} ${length}`;
}

function formatOf({format}: Extent): string[] {
	return format ? ['-f', format] : [];
}
