/**
 * `npm run test:matrix`: all that talks to a real libvirt, on this machine's and on Debian 13's, which lies in a folder of its own.
 * Everything of the second run, libvirtd, QEMU, virsh and qemu-img alike, is Debian 13's; only Node and the project come from here.
 * Ends with a count of tests by version, and fails where one of them did or a version could not be run.
 */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import {debianFolder, enter} from './debian-folder.ts';

const project = path.dirname(import.meta.dirname);
const asked = process.argv.slice(2).filter(word => word !== '--other');
/** Leaves out this machine's own libvirt, where `npm test` has just tested it. */
const otherOnly = process.argv.includes('--other');
const tests =
	asked.length > 0
		? asked
		: ['test/stories', 'test/traps', 'test/walk', 'test/lab', 'test/inventory', 'test/libvirt', 'test/qemu'];
const packages = [
	'qemu-system-x86',
	'qemu-utils',
	'libvirt-daemon',
	'libvirt-daemon-driver-qemu',
	'libvirt-daemon-driver-secret',
	'libvirt-daemon-driver-storage',
	'libvirt-clients',
	'tini',
	'ovmf',
	'busybox-static',
	'cpio',
	'strace',
];

type Counts = {readonly version: string; readonly passed: number; readonly failed: number; readonly skipped: number};

/** Inside the project, so that both systems write to the same place. */
const results = await mkdtemp(path.join(project, 'node_modules/.matrix-'));
try {
	const rows = [...(otherOnly ? [] : [await runHere()]), await runOnDebian()];
	console.log(`\n${table(rows)}`);
	process.exitCode = rows.every(row => row.failed === 0 && row.passed > 0) ? 0 : 1;
} finally {
	await rm(results, {recursive: true, force: true});
}

async function runHere(): Promise<Counts> {
	const {stdout} = await execa('libvirtd', ['--version']);
	console.error(`\n== ${stdout.trim()} (this machine)`);
	const [node, ...args] = vitest('here.json');
	const {exitCode} = await execa(node!, args, {cwd: project, stdio: 'inherit', reject: false});
	return counts(`${versionIn(stdout)} (this machine)`, 'here.json', exitCode === 0);
}

async function runOnDebian(): Promise<Counts> {
	const trixie = await debianFolder('trixie', {name: 'libvirt', packages});
	console.error('\n== Debian 13');
	const version = path.join(results, 'version');
	const command = `libvirtd --version | tee ${version}; exec "$@"`;
	const passed = await enter(trixie, ['sh', '-c', command, 'sh', ...vitest('debian.json')], {
		cwd: project,
		binds: {[project]: project, ...guestKernel()},
		env: process.env.CI ? {CI: process.env.CI} : {},
	}).then(
		() => true,
		() => false,
	);
	return counts(`${versionIn(await readFile(version, 'utf8').catch(() => ''))} (Debian 13)`, 'debian.json', passed);
}

function vitest(report: string): string[] {
	return [
		path.join(project, 'node_modules/.bin/node'),
		path.join(project, 'node_modules/vitest/vitest.mjs'),
		'run',
		'--reporter=default',
		'--reporter=json',
		`--outputFile.json=${path.join(results, report)}`,
		...tests,
	];
}

/** A run that failed without a failed test (a file that could not be loaded, a hook) counts as one failure. */
async function counts(version: string, report: string, exitedWell: boolean): Promise<Counts> {
	const text = await readFile(path.join(results, report), 'utf8').catch(() => '{}');
	const {numPassedTests = 0, numFailedTests = 0, numPendingTests = 0} = JSON.parse(text) as Record<string, number>;
	const failed = exitedWell ? numFailedTests : Math.max(1, numFailedTests);
	return {version, passed: numPassedTests, failed, skipped: numPendingTests};
}

function versionIn(text: string): string {
	return `libvirt ${/\d+\.\d+\.\d+/.exec(text)?.[0] ?? '?'}`;
}

function table(rows: readonly Counts[]): string {
	const cells = [
		['', 'passed', 'failed', 'skipped'],
		...rows.map(row => [row.version, String(row.passed), String(row.failed), String(row.skipped)]),
	];
	const first = Math.max(...cells.map(row => row[0]!.length));
	return cells
		.map(([version, ...numbers]) => [version!.padEnd(first), ...numbers.map(number => number.padStart(8))].join(''))
		.join('\n');
}

/** The guest's kernel, fetched once, serves both. */
function guestKernel(): Record<string, string> {
	const folder = path.join(
		process.env.XDG_CACHE_HOME || path.join(process.env.HOME ?? '/root', '.cache'),
		'virsnap/guest',
	);
	return {[folder]: '/root/.cache/virsnap/guest'};
}
