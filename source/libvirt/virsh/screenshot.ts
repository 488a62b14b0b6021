/** The screen of a running guest, as libvirt hands it out. */
import {runProgram} from '../../programs/run-program.ts';
import {type Libvirt, virshArgv} from './ask.ts';

/** It takes some 30 to 130 ms; QEMU may be busy. */
const patience = 5000;

/**
 * Write what the first screen of a domain shows into a file that is there: PNG where libvirt and QEMU (7.1) can, else PPM. Resolves with
 * whether it did: a domain without a video device has no screen (virsh-screenshot, virDomainScreenshot). Never rejects.
 */
export async function screenshot({uri, env, log, signal}: Libvirt, uuid: string, file: string): Promise<boolean> {
	const argv = virshArgv(uri, 'screenshot', `--domain=${uuid}`, `--file=${file}`);
	const {failure} = await runProgram(argv, {env, log, signal, patience});
	return failure === null;
}
