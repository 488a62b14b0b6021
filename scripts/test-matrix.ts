/**
 * `npm run test:matrix`: the lab stories on this machine's libvirt and on Debian 13's, in a folder of its own. Everything of the
 * second run, libvirtd, QEMU, virsh and qemu-img alike, is Debian 13's; only Node and the project come from here.
 */
import path from 'node:path';
import {execa} from 'execa';
import {debianFolder, enter} from './debian-folder.ts';

const project = path.dirname(import.meta.dirname);
const asked = process.argv.slice(2);
/** What runs on every libvirt: all that talks to a real one. */
const tests = asked.length > 0 ? asked : ['test/stories', 'test/lab', 'test/inventory', 'test/libvirt', 'test/qemu'];
const packages = [
	'qemu-system-x86',
	'qemu-utils',
	'libvirt-daemon',
	'libvirt-daemon-driver-qemu',
	'libvirt-clients',
	'virtinst',
	'tini',
	'ovmf',
	'busybox-static',
	'cpio',
];

const vitest = [
	path.join(project, 'node_modules/.bin/node'),
	path.join(project, 'node_modules/vitest/vitest.mjs'),
	'run',
	...tests,
];
const here = await execa('libvirtd', ['--version']);
console.error(`\n== ${here.stdout.trim()} (this machine)`);
const first = await execa(vitest[0]!, vitest.slice(1), {cwd: project, stdio: 'inherit', reject: false});

const trixie = await debianFolder('trixie', packages);
console.error('\n== Debian 13');
const second = await enter(trixie, ['sh', '-c', 'libvirtd --version; exec "$@"', 'sh', ...vitest], {
	cwd: project,
	binds: {[project]: project, ...guestKernel()},
}).then(
	() => 0,
	() => 1,
);
process.exitCode = first.exitCode !== 0 || second !== 0 ? 1 : 0;

/** The guest's kernel, fetched once, serves both. */
function guestKernel(): Record<string, string> {
	const folder = path.join(
		process.env.XDG_CACHE_HOME || path.join(process.env.HOME ?? '/root', '.cache'),
		'virsnap/guest',
	);
	return {[folder]: '/root/.cache/virsnap/guest'};
}
