/** The port's questions through virsh: slower, but for every URI that virsh knows. */
import type {LibvirtReader} from '../reader.ts';
import type {Libvirt} from './ask.ts';
import {askTogether, withoutNewline} from './ask-together.ts';
import {concerns, listen} from './events.ts';
import {virshDomains} from './questions/domains.ts';
import {virshJobs} from './questions/jobs.ts';
import {virshSnapshots} from './questions/snapshots.ts';
import {virshStorage} from './questions/storage.ts';

/** Nothing is asked yet. */
export function virshReader(libvirt: Libvirt): LibvirtReader {
	const virsh = askTogether(libvirt);
	return {
		hostname: async () => withoutNewline(await virsh('hostname')),
		versions: async () => parseVersions(await virsh('version', '--daemon')),
		// Whether a line end is added to the document depends on the version.
		capabilities: async () => (await virsh('capabilities')).trimEnd(),
		...virshDomains(virsh),
		...virshSnapshots(virsh),
		...virshJobs(virsh),
		...virshStorage(virsh),
		async monitor(uuid, command) {
			const question = [`--domain=${uuid}`, `--cmd=${JSON.stringify(command)}`];
			return withoutNewline(await virsh('qemu-monitor-command', ...question));
		},
		listen: (signal, onHappening) =>
			listen(libvirt, signal, event => {
				onHappening({kind: event.kind, concerns: ({name}) => concerns(event, name)});
			}),
	};
}

/** Read `virsh version --daemon`. */
export function parseVersions(text: string): {libvirt: string; qemu: string} {
	const found = (pattern: RegExp) => pattern.exec(text)?.[1];
	const library = found(/^Using library: libvirt (\S+)/m);
	return {
		libvirt: found(/^Running against daemon: (\S+)/m) ?? library ?? '',
		qemu: found(/^Running hypervisor: \S+ (\S+)/m) ?? '',
	};
}
