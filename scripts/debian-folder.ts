/**
 * A Debian of its own in one folder: to try the README's commands where nothing is installed, and to run the lab stories on
 * another libvirt. Everything entered lives in mount and process namespaces of its own, so nothing is left when it ends.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';

const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'virsnap');

/** Packages that a minimal Debian needs before npm can speak to a registry and `virsnap` to a terminal. */
const always = ['ca-certificates'];

export type DebianFolder = {readonly path: string; readonly suite: string};

/** What is installed on top of a minimal Debian, and the name that its folder gets for it. */
export type Contents = {readonly name: string; readonly packages: readonly string[]};

/**
 * Makes (once, then cached) a minimal Debian of `suite` with `contents` installed. Needs root and debootstrap.
 * The mirror, its keys and apt's settings are this machine's own.
 */
export async function debianFolder(suite: string, contents?: Contents): Promise<DebianFolder> {
	return contents === undefined
		? made({path: path.join(cache, `debian-${suite}`), suite}, always, debootstrap)
		: made({path: path.join(cache, `debian-${suite}-${contents.name}`), suite}, contents.packages, async folder => {
				const bare = await debianFolder(suite);
				await execa('cp', ['-a', '--reflink=auto', bare.path, folder.path]);
			});
}

/** `folder` as `start` makes it, with `packages` installed; one that is complete and has these packages stays as it is. */
async function made(
	folder: DebianFolder,
	packages: readonly string[],
	start: (folder: DebianFolder) => Promise<void>,
): Promise<DebianFolder> {
	const stamp = path.join(folder.path, '.complete');
	const wanted = [folder.suite, ...packages].join('\n');
	if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return folder;
	await fs.promises.rm(folder.path, {recursive: true, force: true});
	await fs.promises.mkdir(cache, {recursive: true});
	await start(folder);
	await fs.promises.rm(stamp, {force: true});
	await install(folder, packages);
	await copyCertificates(folder);
	await fs.promises.writeFile(stamp, wanted);
	return folder;
}

async function debootstrap(folder: DebianFolder): Promise<void> {
	say(`Making a Debian ${folder.suite} in ${folder.path} …`);
	await execa('debootstrap', ['--variant=minbase', folder.suite, folder.path, ...mirror()], {
		stdout: 2,
		stderr: 'inherit',
	}).catch(missing('debootstrap'));
	await copyAptSettings(folder);
	await copyCertificates(folder);
	// What is thrown away needs no fsync after each file.
	await fs.promises.writeFile(path.join(folder.path, 'etc/dpkg/dpkg.cfg.d/unsafe-io'), 'force-unsafe-io\n');
}

/** Installs packages (names, or paths of .deb files inside) in a folder; the lists of packages are read anew first. */
export async function install(folder: DebianFolder, packages: readonly string[]): Promise<void> {
	const argv = ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages];
	await enter(folder, ['apt-get', 'update', '-qq']);
	await enter(folder, argv, {env: {DEBIAN_FRONTEND: 'noninteractive'}});
}

/** A copy to be thrown away: reflinks where the file system can. */
export async function throwAwayCopy(folder: DebianFolder): Promise<DebianFolder & {remove(): Promise<void>}> {
	const target = await fs.promises.mkdtemp(path.join(os.tmpdir(), `virsnap-${folder.suite}-`));
	await execa('cp', ['-a', '--reflink=auto', `${folder.path}/.`, target]);
	return {...folder, path: target, remove: () => fs.promises.rm(target, {recursive: true, force: true})};
}

export type EnterOptions = {
	readonly env?: Readonly<Record<string, string>>;
	/** Folders of this machine to be seen inside, `outside: inside`. */
	readonly binds?: Readonly<Record<string, string>>;
	readonly cwd?: string;
};

/**
 * Runs a command inside, as root, its output passed on. A /dev of its own: package scripts change the group of /dev/kvm, and
 * that must not reach this machine's. Returns what it printed; rejects when the command fails.
 */
export async function enter(
	folder: DebianFolder,
	argv: readonly string[],
	options: EnterOptions = {},
): Promise<string> {
	const {PATH: _, ...settings} = options.env ?? {};
	const env = {
		PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
		HOME: '/root',
		TERM: 'dumb',
		...settings,
	};
	const inside = [
		'chroot',
		folder.path,
		'env',
		'-i',
		'-C',
		options.cwd ?? '/',
		...Object.entries(env).map(([k, v]) => `${k}=${v}`),
	];
	const binds = Object.entries(options.binds ?? {}).flatMap(([outside, within]) => [
		outside,
		path.join(folder.path, within),
	]);
	const {all, exitCode} = await execa(
		'unshare',
		[
			'--mount',
			'--pid',
			'--fork',
			'--kill-child',
			'--',
			'sh',
			'-euc',
			mounts,
			'sh',
			folder.path,
			String(binds.length),
			...binds,
			...inside,
			...argv,
		],
		{stdin: 'ignore', stdout: ['inherit', 'pipe'], stderr: ['inherit', 'pipe'], all: true, reject: false},
	);
	if (exitCode !== 0) throw new Error(`In ${folder.path} this ended with ${exitCode}: ${argv.join(' ')}`);
	return all;
}

/** $1 folder, $2 how many bind words follow, then pairs, then the command. sh stays PID 1 and reaps. */
const mounts = `
folder=$1; count=$2; shift 2
# A mount of its own: inside, unshare(1) makes / private, which it can be only as one.
mount --bind "$folder" "$folder"
mount -t tmpfs -o mode=755 tmpfs "$folder/dev"
mkdir "$folder/dev/pts" "$folder/dev/shm"
node() { mknod -m 666 "$folder/dev/$1" c "$2" "$3"; }
node null 1 3; node zero 1 5; node full 1 7; node random 1 8; node urandom 1 9; node tty 5 0
ln -s /proc/self/fd "$folder/dev/fd"
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/\${n%%:*}" "$folder/dev/\${n#*:}"; done
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$folder/dev/pts"
ln -s pts/ptmx "$folder/dev/ptmx"
mount -t tmpfs -o mode=1777 tmpfs "$folder/dev/shm"
mount -t tmpfs -o mode=1777 tmpfs "$folder/tmp"
mount -t proc proc "$folder/proc"
mount -t sysfs -o ro sysfs "$folder/sys"
while [ "$count" -gt 0 ]; do
	mkdir -p "$2"; mount --bind "$1" "$2"; shift 2; count=$((count - 2))
done
set +e
"$@"
exit $?
`;

/** This machine's own mirror, or none: debootstrap then takes its default. */
function mirror(): string[] {
	const lists = ['/etc/apt/sources.list', ...listFolder('/etc/apt/sources.list.d')].filter(file =>
		/\.(list|sources)$/.test(file),
	);
	for (const file of lists) {
		const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
		const uri = /^(?:URIs:\s*|deb\s+(?:\[[^\]]*\]\s*)?)(https?:\S+)/m.exec(text)?.[1];
		if (uri) return [uri];
	}
	return [];
}

async function copyAptSettings(folder: DebianFolder): Promise<void> {
	for (const name of ['apt.conf.d', 'auth.conf.d']) {
		const from = path.join('/etc/apt', name);
		if (fs.existsSync(from)) await fs.promises.cp(from, path.join(folder.path, 'etc/apt', name), {recursive: true});
	}
	for (const file of ['/etc/resolv.conf', '/etc/hosts']) {
		if (fs.existsSync(file)) await fs.promises.copyFile(file, path.join(folder.path, file));
	}
}

/** This machine's certificates: one behind a proxy has its own. Again after ca-certificates was installed, which writes the file anew. */
async function copyCertificates(folder: DebianFolder): Promise<void> {
	const file = '/etc/ssl/certs/ca-certificates.crt';
	if (!fs.existsSync(file)) return;
	await fs.promises.mkdir(path.join(folder.path, path.dirname(file)), {recursive: true});
	await fs.promises.copyFile(file, path.join(folder.path, file));
}

function listFolder(folder: string): string[] {
	return fs.existsSync(folder) ? fs.readdirSync(folder).map(name => path.join(folder, name)) : [];
}

function missing(command: string) {
	return (error: unknown): never => {
		if ((error as {code?: string}).code !== 'ENOENT') throw error;
		throw new Error(`${command} is not installed: apt-get install ${command}`);
	};
}

function say(text: string): void {
	process.stderr.write(`${text}\n`);
}
