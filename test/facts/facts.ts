/** What planners look at: whatever a test does not name is unremarkable. */

import type {Domain, Host} from '../../source/core/model/domain.ts';
import type {Facts} from '../../source/core/model/facts.ts';
import type {FileIdentity} from '../../source/core/model/files.ts';
import {domain, GiB} from './domain.ts';

export const host: Host = {
	uri: 'qemu:///session',
	elsewhere: null,
	system: false,
	libvirt: '9.0.0',
	qemu: '7.2.22',
	externalSnapshots: false,
	throughVirsh: null,
};

export type FactsLike = Partial<Omit<Facts, 'domain' | 'host' | 'domains'>> & {
	domain?: Partial<Domain>;
	host?: Partial<Host>;
	others?: readonly Domain[];
};

const standard: Pick<Facts, 'directories'> = {
	directories: {
		'/images': {path: '/images', freeBytes: 100 * GiB, writable: true, entries: ['vda.qcow2', 'vdb.qcow2']},
	},
};

/** What a name leads to: the file of this path. */
export function identity(file: string): FileIdentity {
	return {id: `id of ${file}`, leadsTo: `id of ${file}`, bornAt: '2026-01-02T03:05:00.000Z'};
}

/** Each file is told by its path. */
function identitiesIn(directories: Facts['directories']): Facts['identities'] {
	const files = Object.values(directories).flatMap(({path, entries}) => entries.map(entry => `${path}/${entry}`));
	return Object.fromEntries(files.map(file => [file, identity(file)]));
}

export function facts({domain: domainLike, host: hostLike, others = [], ...more}: FactsLike = {}): Facts {
	const planned = domain(domainLike);
	const all = {...standard, ...more};
	return {
		host: {...host, ...hostLike},
		domain: planned,
		domains: [planned, ...others],
		identities: identitiesIn(all.directories),
		inactiveXml: inactiveXml(planned),
		snapshotXml: {},
		saveImages: {},
		reclaimable: [],
		kept: [],
		blockDevices: [],
		held: null,
		blocked: null,
		job: null,
		checkpoints: [],
		readOnly: [],
		gone: [],
		listening: [],
		writers: [],
		notOpen: [],
		miscounted: [],
		root: true,
		pictures: false,
		spoiled: [],
		unfinished: [],
		writtenAt: {},
		rewritten: [],
		pulled: [],
		writtenBehind: {},
		sizes: [],
		random: '00112233445566778899aabbccddeeff'.repeat(2),
		now: '2026-03-02T08:09:10.000Z',
		...all,
	};
}

export function inactiveXml(planned: Domain): string {
	const disks = planned.disks.map(
		({target, source, format}) => `<disk type='file' device='disk'>
      <driver name='qemu' type='${format}'/>
      <source file='${source}'/>
      <target dev='${target}' bus='virtio'/>
    </disk>`,
	);
	return `<domain type='kvm'>
  <name>${planned.name}</name>
  <uuid>${planned.uuid}</uuid>
  <devices>
    ${disks.join('\n    ')}
  </devices>
</domain>
`;
}
