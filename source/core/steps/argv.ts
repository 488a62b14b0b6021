/**
 * The commands that plans are made of. User text only ever stands behind `--option=` or where getopt takes it as a value,
 * so that a snapshot called `--force` is a name (verified on virsh 9.0).
 */
import type {Domain, Host} from '../model/domain.ts';
import {shellCommand} from '../words/text.ts';

type Address = Pick<Domain, 'uuid'>;

/** `virsh [-c URI] COMMAND…` (virsh(1)). */
export function virsh(host: Pick<Host, 'uri'>, ...words: readonly string[]): string[] {
	return ['virsh', ...(host.uri === null ? [] : ['-c', host.uri]), ...words];
}

/** `virsh COMMAND --domain=UUID …`. */
export function virshDomain(
	host: Pick<Host, 'uri'>,
	command: string,
	domain: Address,
	...words: readonly string[]
): string[] {
	return virsh(host, command, `--domain=${domain.uuid}`, ...words);
}

/** `virsh qemu-monitor-command --hmp`: exits 0 on failure, so steps made of it succeed by silence. */
export function monitor(host: Pick<Host, 'uri'>, domain: Address, line: string): string[] {
	return virshDomain(host, 'qemu-monitor-command', domain, '--hmp', `--cmd=${line}`);
}

/** `virsh snapshot-delete`. */
export function snapshotDelete(
	host: Pick<Host, 'uri'>,
	domain: Address,
	tag: string,
	...flags: readonly string[]
): string[] {
	return virshDomain(host, 'snapshot-delete', domain, `--snapshotname=${tag}`, ...flags);
}

/** `virsh define /dev/stdin`: the XML goes in as the step's input, so that no file is left behind. */
export function define(host: Pick<Host, 'uri'>): string[] {
	return virsh(host, 'define', '--file=/dev/stdin');
}

/** `virsh restore` with other XML than the one in the file; it goes in as the step's input. */
export function restoreWith(host: Pick<Host, 'uri'>, file: string, ...flags: readonly string[]): string[] {
	return virsh(host, 'restore', `--file=${file}`, '--xml=/dev/stdin', ...flags);
}

/** `virsh snapshot-create --redefine`: libvirt's record is replaced, nothing else; the XML goes in as the step's input. */
export function redefineSnapshot(host: Pick<Host, 'uri'>, domain: Address, current: boolean): string[] {
	const flags = current ? ['--current'] : [];
	return virshDomain(host, 'snapshot-create', domain, '--xmlfile=/dev/stdin', '--redefine', ...flags);
}

/** `qemu-img snapshot -c|-a|-d TAG FILE` (qemu-img(1)). */
export function qemuImgSnapshot(action: '-c' | '-a' | '-d', tag: string, file: string): string[] {
	return ['qemu-img', 'snapshot', action, tag, file];
}

/** One `--diskspec=`: a comma within the file name is doubled (virsh(1), snapshot-create-as). */
export function diskspec(target: string, snapshot: 'internal' | 'external' | 'no', file?: string): string {
	const path = file === undefined ? '' : `,file=${doubleCommas(file)}`;
	return `--diskspec=${doubleCommas(target)},snapshot=${snapshot}${path}`;
}

/** The `--memspec=` of an external checkpoint. */
export function memspec(file: string): string {
	return `--memspec=file=${doubleCommas(file)},snapshot=external`;
}

function doubleCommas(text: string): string {
	return text.replaceAll(',', ',,');
}

/** The command of this program that deletes a snapshot, for a remedy. */
export function deleteHint({name}: Pick<Domain, 'name'>, tag: string): string {
	return shellCommand(['virsnap', 'delete', name, tag]);
}

/** A virsh command for a remedy, by the domain's name where a shell can take it: to be read and pasted, never spawned. */
export function hint(
	host: Pick<Host, 'uri'>,
	command: string,
	domain: Pick<Domain, 'uuid' | 'name'>,
	...words: readonly string[]
): string {
	const name = domain.name.startsWith('-') ? domain.uuid : domain.name;
	return shellCommand(virsh(host, ...command.split(' '), name, ...words));
}
