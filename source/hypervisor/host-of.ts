/** Whether a connection leads to another machine that ssh reaches. */
import os from 'node:os';
import process from 'node:process';
import {daemonAddress} from '../libvirt/wire/address.ts';
import {type SshAddress, sshAddress} from './agent/here/ssh-address.ts';

/** By the URI as libvirt resolves it, with its aliases and defaults; null: not by ssh. */
export function hostOf(uri: string | null, env: Readonly<Record<string, string>>): SshAddress | null {
	const surroundings = {env: {...process.env, ...env}, uid: os.userInfo().uid};
	const {uri: asked} = daemonAddress(uri, surroundings);
	return asked === null ? null : sshAddress(asked);
}
