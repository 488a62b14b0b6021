/** Questions about where the disks and the memory of a domain are kept. */
import {type LibvirtReader, orNull} from '../../reader.ts';
import {procedures} from '../procedures.ts';
import {type AskDaemon, domainByUuid, xmlFlags} from './ask.ts';

/** What the daemon tells of it. */
export function wireStorage(ask: AskDaemon): Pick<LibvirtReader, 'blockInfo' | 'volumeXml' | 'poolXml' | 'savedXml'> {
	return {
		blockInfo: (uuid, target) => ask(procedures.blockInfo, {domain: domainByUuid(uuid), disk: target, flags: 0}),
		async volumeXml(wanted) {
			const volume =
				'path' in wanted ? await volumeAt(ask, wanted.path) : await volumeIn(ask, wanted.pool, wanted.name);
			return (await ask(procedures.volumeXml, {volume, flags: 0})).xml;
		},
		async poolXml(name) {
			const {pool} = await ask(procedures.poolByName, {name});
			return (await ask(procedures.poolXml, {pool, flags: 0})).xml;
		},
		async savedXml(file, {secure = false} = {}) {
			return (await ask(procedures.saveImageXml, {file, flags: secure ? xmlFlags.secure : 0})).xml;
		},
	};
}

async function volumeIn(ask: AskDaemon, poolName: string, name: string) {
	const {pool} = await ask(procedures.poolByName, {name: poolName});
	return (await ask(procedures.volumeByName, {pool, name})).volume;
}

/** By its path; of pools that have none, by its key. */
async function volumeAt(ask: AskDaemon, path: string) {
	const found = await orNull(ask(procedures.volumeByPath, {path}));
	return (found ?? (await ask(procedures.volumeByKey, {key: path}))).volume;
}
