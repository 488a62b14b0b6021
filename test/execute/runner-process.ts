/** What a test starts as the process of its own: `node runner-process.ts FOLDER start` or `… FOLDER run ID`, or `… FOLDER prepare`, which goes on. The facts never change. */
import process from 'node:process';
import {createOperations} from '../../source/execute/operations.ts';
import {wantedReceipt} from '../../source/execute/runner.ts';
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
if (what === 'run') {
	const wanted = await wantedReceipt(id, process.stdin);
	if (wanted !== null) await createOperations({...common, runner: null}).runHere(wanted);
} else if (what === 'prepare') {
	createOperations({...common, runner}).prepare();
	process.stdin.resume();
} else await createOperations({...common, runner}).carryOut(twoSteps('held'));
