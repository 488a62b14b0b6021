/** Names of another host, for the completion of a command line here. */
import type {Name, NamesOf} from '../../../core/model/hypervisor.ts';
import {runProgram} from '../../../programs/run-program.ts';
import {unasked} from '../../../programs/talk.ts';
import {optionsFor} from './over-ssh.ts';
import {type SshAddress, startThere} from './ssh-address.ts';

/**
 * What the virsnap there offers at the same place of a line; none where there is no virsnap. Nobody is asked for a password in the middle
 * of a line: the keys of ssh alone count.
 *
 * @param version of the virsnap here, whose like is searched for first
 * @param signal ends ssh
 */
export async function namesThere(
	address: SshAddress,
	version: string,
	of: NamesOf,
	signal: AbortSignal,
): Promise<Name[]> {
	const words = ['complete', 'zsh', '--', ...lineFor(of), ''];
	const argv = [...optionsFor(address, false), startThere(address, version, words)];
	const {stdout} = await runProgram(argv, {env: unasked, signal});
	return stdout
		.split('\n')
		.filter(line => line !== '')
		.map(line => {
			const [name = '', about = ''] = line.split('\t');
			return {name, about};
		});
}

/** Where a tag may begin with a dash, it is behind a double one. */
function lineFor(of: NamesOf): string[] {
	if (of === 'domains') return ['list', '--'];
	if (of === 'receipts') return ['log', '--'];
	return 'disksOf' in of ? ['create', of.disksOf, '--disk'] : ['revert', '--', of.snapshotsOf];
}
