/** Several labs, each behind an ssh of its own: hosts, as virsnap and libvirt reach them. */
import path from 'node:path';
import {type Lab, type LabOptions, startLab} from './lab.ts';
import {labDomains} from './recipes/recipes.ts';
import {startSshHost} from './ssh-host.ts';

/** What they have, round and round. */
const domains = [
	['web-stopped', 'Koan'],
	['DBHost', 'paused-build'],
	['saved-mail', 'chain'],
];

type HostsOptions = Pick<LabOptions, 'kvm' | 'log'> & {
	/** The command that is `virsnap` on each. */
	readonly virsnap: readonly string[];
};

/** `name` is h1, h2 …; `stop` ends them all. Needs sshd. Where one does not start, none stays. */
export async function startHosts(count: number, {virsnap, kvm, log}: HostsOptions) {
	const labs: Lab[] = [];
	const stop = async () => void (await Promise.all(labs.map(lab => lab.stop())));
	const hosts: {readonly name: string; readonly uri: string}[] = [];
	try {
		for (let number = 1; number <= count; number++) {
			const lab = await startLab({domains: labDomains(domains[(number - 1) % domains.length]!), kvm, log});
			labs.push(lab);
			const name = `h${number}`;
			const env = {XDG_CONFIG_HOME: lab.env.XDG_CONFIG_HOME!, XDG_STATE_HOME: path.join(lab.folder, 'state')};
			const {uri} = await startSshHost(lab, {virsnap, host: name, env});
			log?.(`${name}: these are there, and ssh leads to it`);
			hosts.push({name, uri});
		}
	} catch (error) {
		await stop();
		throw error;
	}

	return {hosts, folder: labs[0]!.folder, stop};
}
