/** The port's questions over the wire. */
import type {LibvirtReader} from '../reader.ts';
import type {Connection} from './connection.ts';
import {LostError, UnreachableError} from './failures.ts';
import {listenOver} from './listen.ts';
import {procedures} from './procedures.ts';
import {type AskDaemon, domainByUuid} from './questions/ask.ts';
import {wireDomains} from './questions/domains.ts';
import {wireJobs} from './questions/jobs.ts';
import {wireSnapshots} from './questions/snapshots.ts';
import {wireStorage} from './questions/storage.ts';
import {versionWords} from './questions/words.ts';

/** @param connect a connection that may be asked, the same one as long as it lasts */
export function wireReader(connect: () => Promise<Connection>): LibvirtReader {
	const ask: AskDaemon = async (procedure, takes) => (await connect()).call(procedure, takes);
	const {keep, ...snapshots} = wireSnapshots(ask);
	return {
		hostname: async () => (await ask(procedures.hostname, {})).name,
		async versions() {
			const [libvirt, qemu] = await Promise.all([
				ask(procedures.libraryVersion, {}),
				ask(procedures.hypervisorVersion, {}),
			]);
			return {libvirt: versionWords(libvirt.version), qemu: versionWords(qemu.version)};
		},
		capabilities: async () => (await ask(procedures.capabilities, {})).xml.trimEnd(),
		...wireDomains(ask, keep),
		...snapshots,
		...wireJobs(ask),
		...wireStorage(ask),
		async monitor(uuid, command) {
			const question = {domain: domainByUuid(uuid), command: JSON.stringify(command), flags: 0};
			return (await ask(procedures.monitorCommand, question)).answer;
		},
		async listen(signal, onHappening) {
			try {
				return await listenOver(await connect(), signal, onHappening);
			} catch (error) {
				if (error instanceof LostError && !(error instanceof UnreachableError)) return error.message;
				throw error;
			}
		},
	};
}
