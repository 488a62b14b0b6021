/** Questions about domains themselves. */
import type {LibvirtReader} from '../../reader.ts';
import type {AskVirsh} from '../ask-together.ts';
import {headQuestions, parseHeads, parseState, parseUuids} from '../domain-list.ts';

/** What virsh tells of them. */
export function virshDomains(virsh: AskVirsh): Pick<LibvirtReader, 'domains' | 'state' | 'definition'> {
	return {
		async domains() {
			const [saved, transient, names, table] = await Promise.all([
				virsh('list', '--all', '--with-managed-save', '--uuid', '--name'),
				virsh('list', '--all', '--transient', '--uuid', '--name'),
				virsh(...headQuestions.names),
				virsh(...headQuestions.table),
			]);
			const savedOnes = new Set(parseUuids(saved));
			const transientOnes = new Set(parseUuids(transient));
			return parseHeads(names, table).map(head => ({
				...head,
				persistent: !transientOnes.has(head.uuid),
				managedSave: savedOnes.has(head.uuid),
			}));
		},
		async state(uuid) {
			const [, state = '', reason = 'unknown'] =
				/^(.*?)(?: \((.*)\))?$/m.exec(await virsh('domstate', `--domain=${uuid}`, '--reason')) ?? [];
			return {state: parseState(state, false), reason};
		},
		async definition(uuid, {inactive = false, secure = false} = {}) {
			const flags = [...(inactive ? ['--inactive'] : []), ...(secure ? ['--security-info'] : [])];
			return virsh('dumpxml', `--domain=${uuid}`, ...flags);
		},
	};
}
