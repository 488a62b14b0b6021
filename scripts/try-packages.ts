/**
 * `npm run test:packages [-- --debian=12|13] [--kind=deb|rpm]`: the packages of release/ in Debians without any Node: the .deb, read by
 * lintian first, and the .rpm, by the dnf that Debian has. Installed, used on real machines, upgraded and removed; with the .deb also the
 * terminal killed in the middle of an operation, and recovery after a power cut. Make them first: npm run packages.
 */
import {existsSync} from 'node:fs';
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
const {values} = parseArgs({options: {debian: {type: 'string'}, kind: {type: 'string'}}});
const architecture = architectureOf(process.arch);
const names = architectureNames[architecture];
const version = await projectVersion();
const release = await releaseFolder();
const kinds = {
	deb: (number: string) => `virsnap_${packageVersion(number)}-1_${names.deb}.deb`,
	rpm: (number: string) => `virsnap-${packageVersion(number)}-1.${names.rpm}.rpm`,
};
type Kind = keyof typeof kinds;
const isWanted = (wanted: string | undefined, name: string) => wanted === undefined || wanted === name;

const missing = (Object.keys(kinds) as Kind[])
	.map(kind => path.join(release, kinds[kind](version)))
	.find(file => !existsSync(file));
if (missing !== undefined) {
	console.error(`${missing} is not there. Make the packages first: npm run packages`);
	process.exit(1);
}
await lint(path.join(release, kinds.deb(version)));
/** The next version, for the upgrade: the same program under a later number. */
const later = await mkdtemp(path.join(os.tmpdir(), 'virsnap-later-'));
try {
	const executable = path.join(release, `virsnap-${version}-linux-${architecture}`);
	await makePackages({version: `${version}+later`, architecture, executable, folder: later});
	for (const debian of debians.filter(({version}) => isWanted(values.debian, version)))
		for (const kind of (Object.keys(kinds) as Kind[]).filter(kind => isWanted(values.kind, kind))) {
			console.error(`\n== The .${kind} on Debian ${debian.version}, without Node`);
			await tryOn(debian.suite, kind);
		}
} finally {
	await rm(later, {recursive: true, force: true});
}

async function tryOn(suite: string, kind: Kind): Promise<void> {
	const script = (await Promise.all(['tools.sh', `${kind}.sh`].map(readPart))).join('\n');
	const machine = await throwAwayCopy(await debianFolder(suite));
	try {
		const inside = (name: string) => path.join(machine.path, 'root', name);
		await copyFile(path.join(release, kinds[kind](version)), inside(`virsnap.${kind}`));
		await copyFile(path.join(later, kinds[kind](`${version}+later`)), inside(`virsnap-later.${kind}`));
		await enter(machine, ['apt-get', 'update', '-qq']);
		await enter(machine, ['sh', '-euc', script], {cwd: '/root'});
	} finally {
		await machine.remove();
	}
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
	return readFile(path.join(import.meta.dirname, 'trials', name), 'utf8');
}
