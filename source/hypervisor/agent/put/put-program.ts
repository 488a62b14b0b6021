/** This very program on a host that has none, or another one: in a folder of the user's own, without root. */
import {createHash} from 'node:crypto';
import path from 'node:path';
import {HostError} from '../../../core/words/foreseen-error.ts';
import {formatBytes, shellCommand, t} from '../../../core/words/text.ts';
import {startTalk} from '../../../programs/talk.ts';
import {agentFolder, type SshAddress, startThere} from '../here/ssh-address.ts';
import {runThere, type SshReach} from './run-there.ts';

export type OwnProgram = {
	readonly version: string;
	/** `npm` needs a Node there. */
	readonly form: 'npm' | 'executable';
	/** The executable, or cli.js of the package. */
	readonly file: string;
	/** Node's name of the architecture here: x64, arm64. */
	readonly architecture: string;
};

/** A packed program, and where it is to be. */
export type Offer = {
	readonly bytes: number;
	/** Full path there. */
	readonly folder: string;
	/** Why it cannot work there; null where it can. */
	readonly hindrance: {readonly reason: string; readonly remedy: string} | null;
	/** Puts it there, and tries it. @throws {HostError} */
	readonly put: () => Promise<void>;
};

/** What is there. `version` of the virsnap that would be started; null: there is none. */
export type LookedThere = {readonly version: string | null; readonly offer: () => Promise<Offer>};

const oldestNode = [22, 12] as const;

/** @throws {HostError} the host is not reached */
export async function lookThere(reach: SshReach, program: OwnProgram): Promise<LookedThere> {
	const {version} = program;
	const {lines} = await runThere(reach, probe(reach.address, version));
	const said = new Map(lines.map(line => [line.split(' ')[0]!, line.slice(line.indexOf(' ') + 1)]));
	const [, theirs] = /^virsnap (\S+)/.exec(said.get('virsnap') ?? '') ?? [];
	return {version: theirs ?? null, offer: () => offerTo(reach, program, said)};
}

const probe = (address: SshAddress, version: string) => `
say home "$HOME"
say machine "$(uname -m)"
say node "$(node -v 2>/dev/null | tr -d v)"
say free "$(df -Pk "$HOME" | tail -n 1 | awk '{print $4}')"
say virsnap "$(${startThere(address, version, ['--version']).replace(/^exec /, '')} 2>/dev/null)"
`;

async function offerTo(reach: SshReach, program: OwnProgram, said: ReadonlyMap<string, string>): Promise<Offer> {
	const archive = await packed(program);
	const folder = path.posix.join(said.get('home') ?? '', agentFolder(program.version));
	return {
		bytes: archive.length,
		folder,
		hindrance: hindranceOf(program, said, archive.length),
		put: () => put(reach, program, archive),
	};
}

/** As `uname -m` has them. */
const machines: Readonly<Record<string, string>> = {x64: 'x86_64', arm64: 'aarch64'};

function hindranceOf(
	{form, architecture}: OwnProgram,
	said: ReadonlyMap<string, string>,
	bytes: number,
): Offer['hindrance'] {
	const machine = said.get('machine') ?? '';
	const free = Number(said.get('free')) * 1024;
	const home = said.get('home') ?? '';
	// Packed, unpacked, and what it was before.
	if (Number.isFinite(free) && free < bytes * 6)
		return {
			reason: t`${home} there has ${formatBytes(free)} free, and ${formatBytes(bytes * 6)} are needed.`,
			remedy: 'Make room there, or have virsnap installed for all users.',
		};
	if (form === 'executable') {
		if (machine === machines[architecture]) return null;
		return {
			reason: t`It is a ${machine} machine, this virsnap is for ${machines[architecture] ?? architecture}.`,
			remedy: t`Install the one for ${machine} there.`,
		};
	}
	const node = said.get('node') ?? '';
	const [major = 0, minor = 0] = node.split('.').map(Number);
	if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return null;
	return {
		reason:
			node === '' ? 'It has no Node, which this form of virsnap needs.' : t`Its Node is ${node}; 22.12 is needed.`,
		remedy: 'Install the package or the executable of virsnap there: these bring their own.',
	};
}

async function packed({form, file}: OwnProgram): Promise<Buffer> {
	const [folder, name] = [path.dirname(file), path.basename(file)];
	const what =
		form === 'executable'
			? [`--transform=s,^${name}$,virsnap,`, name]
			: ['cli.js', 'newer-node.js', 'package.json', 'dist'];
	const talk = await startTalk(['tar', '-czf', '-', '--owner=0', '--group=0', '-C', folder, ...what]);
	const parts: Buffer[] = [];
	talk.stdout.on('data', (part: Buffer) => parts.push(part));
	const {exitCode, stderr} = await talk.ended;
	if (exitCode !== 0) throw new HostError(t`virsnap could not be packed: ${stderr.trim()}`, 'Install virsnap there.');
	return Buffer.concat(parts);
}

async function put(reach: SshReach, program: OwnProgram, archive: Buffer): Promise<void> {
	const hash = createHash('sha256').update(archive).digest('hex');
	const {status, lines, stderr} = await runThere(reach, unpack(program, hash), archive);
	if (status === 0 && lines.includes('done')) return;
	const {name} = reach.address;
	const failure = failures.find(({pattern}) => pattern.test(`${lines.join('\n')}\n${stderr}`));
	const words = failure?.reason ?? `it failed with status ${status}: ${stderr.split('\n').at(-1) ?? ''}`;
	throw new HostError(t`virsnap could not be put on ${name}: ${words}`, failure?.remedy ?? null, true);
}

const failures: readonly {readonly pattern: RegExp; readonly reason: string; readonly remedy: string}[] = [
	{
		pattern: /No space left on device|Disk quota exceeded/,
		reason: 'there is no room in the home there',
		remedy: 'Make room there, or have virsnap installed for all users.',
	},
	{
		pattern: /Read-only file system|cannot create directory/,
		reason: 'the home there cannot be written to',
		remedy: 'Have virsnap installed there for all users.',
	},
	{pattern: /^other$/m, reason: 'what arrived is not what was sent', remedy: 'Try again.'},
	{
		pattern: /Permission denied/,
		reason: 'programs in the home there must not be started (mounted noexec)',
		remedy: 'Have virsnap installed there for all users.',
	},
	{
		pattern: /^mute$/m,
		reason: 'it does not start there',
		remedy: 'Install the package of virsnap for that system there.',
	},
];

/** In a folder of its own first; what is used there now stays until the new one has answered. */
const unpack = ({version, form}: OwnProgram, hash: string) => `
umask 077
dir="$HOME/${path.posix.dirname(agentFolder(version))}"
new="$dir/${version}-${hash.slice(0, 12)}"
trap 'rm -f "$dir/archive.$$"' EXIT
mkdir -p "$dir" || exit 1
cat >"$dir/archive.$$" || exit 1
[ "$(sha256sum <"$dir/archive.$$" | cut -d ' ' -f 1)" = ${hash} ] || { say other; exit 1; }
rm -rf "$new" && mkdir "$new" && tar -xzf "$dir/archive.$$" -C "$new" || { rm -rf "$new"; exit 1; }
${form === 'npm' ? `printf '#!/bin/sh\\nexec node "%s/cli.js" "$@"\\n' "$new" >"$new/virsnap" && chmod 700 "$new/virsnap" || exit 1` : ''}
case "$("$new/virsnap" --version)" in
'virsnap ${version} '*) ;;
*) say mute; rm -rf "$new"; exit 1 ;;
esac
ln -s "${version}-${hash.slice(0, 12)}" "$dir/link.$$" && mv -T "$dir/link.$$" "$dir/${version}" || exit 1
say done
`;

/** Takes away what was put there. False: there was nothing. @throws {HostError} the host is not reached, or an operation runs by it */
export async function cleanThere(reach: SshReach): Promise<boolean> {
	const {status, lines, stderr} = await runThere(reach, clean);
	if (lines.includes('busy')) {
		const see = shellCommand([...reach.address.ssh, 'ps', '-ef']);
		throw new HostError(
			t`An operation is under way on ${reach.address.name} by it`,
			`Wait until it has ended: ${see}`,
			true,
		);
	}
	if (status !== 0) throw new HostError(t`virsnap could not be removed there: ${stderr}`, null, true);
	return lines.includes('removed');
}

const clean = `
dir="$HOME/${path.posix.dirname(agentFolder('x'))}"
[ -d "$dir" ] || exit 0
for one in /proc/[0-9]*/cmdline; do
	line="$(tr '\\0' ' ' <"$one" 2>/dev/null)"
	case "$line" in *"$dir/"*' carry-out '*) say busy; exit 1 ;; esac
done
rm -rf "$dir" || exit 1
rmdir "$(dirname "$dir")" 2>/dev/null
say removed
`;
