/**
 * `npm run test:matrix -- [--on WORD]… [--other] [--in-turn] [--remote] [FILE]…`: all that talks to a real libvirt, on this machine's and on those of
 * Debian 11 to unstable, each of which lies in a folder of its own. Everything of such a run, libvirtd, QEMU, virsh and qemu-img alike,
 * is that Debian's; only Node and the project come from here.
 *
 * `--on` chooses by suite or number (`--on trixie --on 11`), `--on here` this machine; `--other` leaves this machine out, where `npm test`
 * has just tested it; `--in-turn` takes one of the others, another one each day.
 *
 * `--remote`: the stories again, each hypervisor as another host, behind a real sshd and served by the built program. Which they are is told
 * by what they import.
 *
 * Ends with a count of tests by version and folder of tests, and fails where one of them did or a version could not be run.
 */
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import path from 'node:path';
import {execa} from 'execa';
import type {DebianFolder} from './debian-folder.ts';
import {enterHypervisor, hypervisor} from './matrix/hypervisor.ts';
import {type Choice, chosen, ownSuite, type Release} from './matrix/releases.ts';
import {countsOf, failedBy, type Row, table} from './matrix/table.ts';

const project = path.dirname(import.meta.dirname);
const all = ['stories', 'traps', 'walk', 'lab', 'inventory', 'libvirt', 'qemu'].map(folder => `test/${folder}`);

/** Of the program rather than of libvirt: tried on one, with the variants that `npm test` leaves out. */
const onlyHere = ['test/hypervisor', 'test/execute'];
/** Of what `npm test` makes a choice: see test/helpers/variants.ts. */
const everyVariant = {VIRSNAP_EVERY_VARIANT: '1'};

/** How far the walk goes, and whether this is CI. */
const handedOn = Object.fromEntries(
	['CI', 'WALK_STEPS'].flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])),
);

const choice = choose();

/** Inside the project, so that both systems write to the same place. */
const results = await mkdtemp(path.join(project, 'node_modules/.matrix-'));
try {
	const rows: Row[] = [];
	if (choice.here) rows.push(await runHere());
	for (const release of choice.folders) rows.push(await runIn(release));
	console.log(`\n${table(rows)}`);
	process.exitCode = rows.some(failedBy) ? 1 : 0;
} finally {
	await rm(results, {recursive: true, force: true});
}

function choose(): Choice {
	try {
		return chosen(process.argv.slice(2), ownSuite(), Math.floor(Date.now() / 86_400_000));
	} catch (error) {
		console.error((error as Error).message);
		process.exit(2);
	}
}

async function runHere(): Promise<Row> {
	const {stdout} = await execa('libvirtd', ['--version']);
	console.error(`\n== ${stdout.trim()} (this machine)`);
	const [node, ...args] = vitest('here.json', onlyHere);
	const {exitCode} = await execa(node!, args, {cwd: project, stdio: 'inherit', reject: false, env: variables()});
	return rowOf(`${versionIn(stdout)} (this machine)`, 'here.json', exitCode === 0);
}

/** One that cannot be made (no mirror has it any more, say) is a failure of its own: the others are tried all the same. */
async function runIn(release: Release): Promise<Row> {
	console.error(`\n== ${release.name}`);
	try {
		return await runInside(await hypervisor(release, choice), release);
	} catch (error) {
		console.error(error instanceof Error ? error.message : error);
		return {version: `not tried (${release.name})`, exitedWell: false, counts: new Map()};
	}
}

async function runInside(folder: DebianFolder, {suite, name}: Release): Promise<Row> {
	const [report, version] = [`${suite}.json`, path.join(results, `${suite}.version`)];
	const command = `libvirtd --version | tee ${version}; exec "$@"`;
	const argv = ['sh', '-c', command, 'sh', ...vitest(report)];
	const exitedWell = await enterHypervisor(folder, argv, {...variables(), ...handedOn}).then(
		() => true,
		() => false,
	);
	return rowOf(`${versionIn(await readFile(version, 'utf8').catch(() => ''))} (${name})`, report, exitedWell);
}

function vitest(report: string, more: readonly string[] = []): string[] {
	return [
		path.join(project, 'node_modules/.bin/node'),
		path.join(project, 'node_modules/vitest/vitest.mjs'),
		...chosenTests(more),
		'--reporter=default',
		'--reporter=json',
		`--outputFile.json=${path.join(results, report)}`,
	];
}

/** `more`: beside all; neither where files were named. */
function chosenTests(more: readonly string[]): string[] {
	if (choice.files.length > 0) return ['run', ...choice.files];
	if (choice.remote) return ['related', '--run', '--project=stories', 'test/stories/hypervisors.ts'];
	return ['run', ...all, ...more];
}

/** What test/helpers/variants.ts and test/stories/hypervisors.ts read. */
function variables(): Record<string, string> {
	return {...everyVariant, ...(choice.remote && {VIRSNAP_REMOTE: '1'})};
}

async function rowOf(version: string, report: string, exitedWell: boolean): Promise<Row> {
	const text = await readFile(path.join(results, report), 'utf8').catch(() => '{}');
	return {version, exitedWell, counts: countsOf(JSON.parse(text), path.join(project, 'test'))};
}

function versionIn(text: string): string {
	return `libvirt ${/\d+\.\d+\.\d+/.exec(text)?.[0] ?? '?'}`;
}
