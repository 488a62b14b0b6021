/** What a test starts as the process of its own: `node runner-process.ts FOLDER start` or `… FOLDER run ID`. The facts never change. */
import process from 'node:process';
import {createOperations} from '../../source/execute/operations.ts';
import {virshReader} from '../../source/libvirt/virsh/virsh-reader.ts';
import {facts} from '../facts/facts.ts';
import {ownVirsh, twoSteps} from './two-steps.ts';

const [folder = '', what, id = ''] = process.argv.slice(2);
const runner = [process.execPath, import.meta.filename, folder, 'run'];
const common = {
	folder,
	libvirt: {uri: null, env: ownVirsh(folder)},
	reader: virshReader({uri: null}),
	facts: async () => facts(),
	isHere: async () => true,
	definitions: folder,
};
if (what === 'run') await createOperations({...common, runner: null}).runHere(id);
else await createOperations({...common, runner}).carryOut(twoSteps('held'));
