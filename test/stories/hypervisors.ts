/** The hypervisor of a lab as stories see it: opened in this process, or as another host, through its sshd and the virsnap there. */
import {readFileSync} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {fileURLToPath} from 'node:url';
import type {Hypervisor} from '../../source/core/model/hypervisor.ts';
import {receiptFolder} from '../../source/execute/receipts/own-home.ts';
import {overSsh} from '../../source/hypervisor/agent/here/over-ssh.ts';
import {openRemote} from '../../source/hypervisor/agent/here/remote-hypervisor.ts';
import {sshAddress} from '../../source/hypervisor/agent/here/ssh-address.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';
import {type SshHost, startSshHost} from '../../source/lab/ssh-host.ts';
import type {Lab} from '../helpers/lab.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
const {version} = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8')) as {version: string};

/** Set by `npm run test:matrix -- --remote`. */
const remote = process.env.VIRSNAP_REMOTE !== undefined;

const stateOf = ({folder}: Pick<Lab, 'folder'>) => path.join(folder, 'state');

/** The same by both ways. */
export const receiptsOf = (lab: Pick<Lab, 'folder'>) => receiptFolder({XDG_STATE_HOME: stateOf(lab)}, lab.folder);

/** Carries plans out in this process, also such as no planner makes. */
export function openHere(lab: Lab): Hypervisor {
	return openHypervisor({uri: lab.uri, env: lab.env, receipts: receiptsOf(lab)});
}

/** The built program serves the lab, as if it were on another machine. */
export async function openThere(lab: Lab): Promise<Hypervisor> {
	const env = {...lab.env, XDG_STATE_HOME: stateOf(lab)};
	return openHost(await startSshHost(lab, {virsnap: [process.execPath, path.join(project, 'cli.js')], env}));
}

/** As the program opens a host that has a virsnap; nobody is asked for anything. */
export function openHost({uri}: SshHost): Hypervisor {
	return openRemote(overSsh(sshAddress(uri)!, {version, asks: false}));
}

export const openStoryHypervisor = async (lab: Lab): Promise<Hypervisor> => (remote ? openThere(lab) : openHere(lab));
