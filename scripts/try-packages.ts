/**
 * `npm run test:packages [-- --debian=12|13]`: the .deb of release/ read by lintian, then in Debians without any Node: installed, used on
 * real machines, its terminal killed in the middle of an operation, recovered after a power cut, upgraded, removed and purged.
 * Make it first: npm run packages.
 */
import {copyFile, mkdtemp, readFile, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {parseArgs} from 'node:util';
import {execa} from 'execa';
import {projectVersion} from './bundle.ts';
import {debianFolder, enter, throwAwayCopy} from './debian-folder.ts';
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
const debOf = (number: string) => `virsnap_${packageVersion(number)}-1_${architectureNames[architecture].deb}.deb`;
await lint(path.join(release, debOf(version)));
const parts = ['try-deb-tools.sh', 'try-deb.sh'];
const script = (await Promise.all(parts.map(readPart))).join('\n');
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
			await copyFile(path.join(release, debOf(version)), inside('virsnap.deb'));
			await copyFile(path.join(later, debOf(`${version}+later`)), inside('virsnap-later.deb'));
			await enter(machine, ['apt-get', 'update', '-qq']);
			await enter(machine, ['sh', '-euc', script], {cwd: '/root'});
		} finally {
			await machine.remove();
		}
	}
} finally {
	await rm(later, {recursive: true, force: true});
}

/** Errors and warnings end the trial; what the package explains (scripts/release/deb.ts) is none. */
async function lint(deb: string): Promise<void> {
	const {code, exitCode, all} = await execa('lintian', ['--fail-on=error,warning', '--allow-root', deb], {
		all: true,
		reject: false,
	});
	if (code === 'ENOENT') return console.error('Not read by lintian, which is not installed: apt-get install lintian');
	if (exitCode !== 0) throw new Error(`lintian finds fault with ${deb}:\n${all}`);
	console.error('lintian finds no fault with it');
}

function readPart(name: string): Promise<string> {
	return readFile(path.join(import.meta.dirname, 'release', name), 'utf8');
}
