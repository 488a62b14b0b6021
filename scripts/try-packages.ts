/**
 * `npm run test:packages [-- --debian=12|13]`: the .deb of release/ in Debians without any Node: installed, used on real machines, its
 * terminal killed in the middle of an operation, upgraded, removed and purged. Make it first: npm run packages.
 */
import {copyFile, mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {projectVersion} from './bundle.ts';
import {debianFolder, enter, install, throwAwayCopy} from './debian-folder.ts';
import {architectureOf} from './release/node-binary.ts';
import {architectureNames, packageVersion} from './release/package-description.ts';
import {makePackages} from './release/packages.ts';
import {releaseFolder} from './release/release-folder.ts';

const debians = [
	{version: '12', suite: 'bookworm'},
	{version: '13', suite: 'trixie'},
];
const {values} = parseArgs({options: {debian: {type: 'string'}}});
const architecture = architectureOf(process.arch);
const version = await projectVersion();
const release = await releaseFolder();
const script = await readFile(path.join(import.meta.dirname, 'release/try-deb.sh'), 'utf8');
/** The next version, for the upgrade: the same program under a later number. */
const later = await mkdtemp(path.join(os.tmpdir(), 'virsnap-later-'));
try {
	const executable = path.join(release, `virsnap-${version}-linux-${architecture}`);
	await makePackages({version: `${version}+later`, architecture, executable, folder: later});
	for (const debian of debians.filter(({version}) => values.debian === undefined || values.debian === version)) {
		console.error(`\n== The .deb on Debian ${debian.version}, without Node`);
		const machine = await throwAwayCopy(await debianFolder(debian.suite));
		try {
			const inside = (name: string) => path.join(machine.path, 'root', name);
			const name = (number: string) => `virsnap_${packageVersion(number)}-1_${architectureNames[architecture].deb}.deb`;
			await copyFile(path.join(release, name(version)), inside('virsnap.deb'));
			await copyFile(path.join(later, name(`${version}+later`)), inside('virsnap-later.deb'));
			// What the package asks for comes by itself; libvirt's daemon and QEMU are those that its demo suggests.
			await install(machine, [
				'/root/virsnap.deb',
				'libvirt-daemon',
				'libvirt-daemon-driver-qemu',
				'qemu-system-x86',
				'tini',
			]);
			await enter(machine, ['sh', '-euc', script], {cwd: '/root'});
		} finally {
			await machine.remove();
		}
	}
} finally {
	await rm(later, {recursive: true, force: true});
}
