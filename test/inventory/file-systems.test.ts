import {expect, test} from 'vitest';
import type {Domain} from '../../source/core/model/domain.ts';
import {readFileSystems} from '../../source/inventory/file-systems.ts';
import type {Sources} from '../../source/inventory/sources.ts';
import {cdrom, chained, disk, domain, image} from '../facts/domain.ts';
import {connected} from '../ui/fake-hypervisor.ts';

/** The files that it looks at for this domain. */
async function lookedAt(of: Domain): Promise<readonly string[]> {
	let files: readonly string[] = [];
	const images = {
		fileSystems: async (asked: readonly string[]) => {
			files = asked;
			return [];
		},
	};
	await readFileSystems({images} as unknown as Sources, {
		...connected,
		inventory: {...connected.inventory!, domains: [of]},
	});
	return files;
}

test('what is free counts beside disks that are written to, not beside a medium in a drive or what is no file here', async () => {
	const medium = {...cdrom, source: '/media/install.iso', chain: [image('/media/install.iso', [], 'raw')]};
	const disks = [chained('vda', image('/images/a.s.qcow2'), image('/below/a.qcow2')), medium];
	const network = disk('vdb', {source: 'pool/image', chain: []});
	expect(await lookedAt(domain({disks: [...disks, network]}))).toEqual(['/images/a.s.qcow2']);
});
