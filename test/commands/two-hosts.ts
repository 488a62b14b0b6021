/** Two hosts for commands. */
import type {ConnectionState} from '../../source/core/model/hypervisor.ts';
import {domain} from '../facts/domain.ts';
import {web} from './fake.ts';

export const lost: ConnectionState = {
	status: 'lost',
	reason: 'Connection refused',
	remedy: 'Check that the host runs',
	retryAt: '',
};
export const db = domain({name: 'db', uuid: '00000000-0000-4000-8000-0000000000db'});
export const two = ['-c', 'h1', '-c', 'h2'];

/** The same `web` on both, by the same UUID, as after a copy; `db` on the second alone. */
export const hosts = {h1: {domains: [web]}, h2: {domains: [web, db]}};
