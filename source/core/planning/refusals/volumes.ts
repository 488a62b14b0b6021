/** Storage volumes whose overlays a libvirt does not follow. */

import {domainSourceKinds} from '../../domain-xml/sources.ts';
import {can} from '../../model/capabilities.ts';
import type {Disk} from '../../model/disk.ts';
import {isActive} from '../../model/domain.ts';
import type {Facts} from '../../model/facts.ts';
import {type Refusal, refuse} from '../../model/refusal.ts';
import {byVirsh} from '../../steps/hints.ts';
import {remedy} from '../../words/remedy.ts';

/** Where the definition would stay on the volume, the next start would write under the overlay. */
export function volumeRefusal({domain, host, inactiveXml}: Facts, disks: readonly Disk[]): Refusal | null {
	if (!isActive(domain) || can(host, 'live-overlays-of-volumes')) return null;
	const kinds = domainSourceKinds(inactiveXml);
	const volume = disks.find(({target}) => kinds.get(target)?.type === 'volume');
	if (!volume) return null;
	return refuse(
		'unsupported-disk',
		`${volume.target} is a storage volume: libvirt ${host.libvirt} would leave the definition on it, without the overlay that it makes while the domain runs.`,
		remedy`Use an internal method, or shut it down first ${byVirsh(host, 'shutdown', domain)}.`,
	);
}
