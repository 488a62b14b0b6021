/** What ssh says, and what to do about it (OpenSSH's own words, seen on 8.4 to 10.0). */
import {shellCommand} from '../../../core/words/text.ts';
import type {SshAddress} from './ssh-address.ts';

type SshRemedy = {
	/** Found in the line that says why. */
	readonly pattern: RegExp;
	readonly remedy: (address: SshAddress) => string;
	/** A person has to act before it can go better. */
	readonly refuses: boolean;
	/** It is enough that ssh may ask, as far as its words tell: of a key that is refused they do not say that it has a passphrase. */
	readonly asks?: true;
};

const onHost = ({ssh}: SshAddress, ...words: readonly string[]) => shellCommand([...ssh, ...words]);

const rows: readonly SshRemedy[] = [
	{
		pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
		remedy: address =>
			`The host is another one than before, or somebody is in between. Ask whoever runs it, before you remove its old key: ${shellCommand(['ssh-keygen', '-R', knownAs(address)])}`,
		refuses: true,
	},
	{
		pattern: /REVOKED HOST KEY DETECTED/,
		remedy: () => 'The key of this host counts as stolen: ask whoever runs it, and do not connect before.',
		refuses: true,
	},
	{
		// Its configuration forbids ssh to ask about one.
		pattern: /No \S+ host key is known/,
		remedy: toCompareKey,
		refuses: true,
	},
	{
		pattern: /Host key verification failed/,
		remedy: toCompareKey,
		refuses: true,
		asks: true,
	},
	{
		pattern: /Permission denied/,
		remedy: toPutKey,
		refuses: true,
		asks: true,
	},
	{
		pattern: /Too many authentication failures/,
		remedy: toPutKey,
		refuses: true,
	},
	{
		pattern: /Could not resolve hostname/,
		remedy: () => 'Check the name, or give the host an entry in ~/.ssh/config.',
		refuses: false,
	},
	{
		pattern: /Connection refused|No route to host|timed out|Network is unreachable/,
		remedy: address => `Check that the host runs, and that its sshd can be reached: ${onHost(address, 'true')}`,
		refuses: false,
	},
	{
		pattern: /ENOENT/,
		remedy: () =>
			'Install ssh: sudo apt install openssh-client (Debian, Ubuntu), sudo dnf install openssh-clients (Fedora, RHEL).',
		refuses: false,
	},
];

function toCompareKey(address: SshAddress): string {
	return `Connect once by hand, compare the key, and accept it: ${onHost(address, 'true')}`;
}

function toPutKey(address: SshAddress): string {
	return `Put your key there (${shellCommand(toCopyKey(address))}) or into your agent (ssh-add).`;
}

/** As the host stands in known_hosts (sshd(8)). */
const knownAs = ({host, port}: SshAddress) => (port === null || port === '22' ? host : `[${host}]:${port}`);

const toCopyKey = ({name, port}: SshAddress) => ['ssh-copy-id', ...(port === null ? [] : ['-p', port]), name];

type Failure = {
	/** Empty where ssh said nothing. */
	readonly reason: string;
	/** Null where nothing is known about it. */
	readonly remedy: string | null;
	readonly refuses: boolean;
	/** ssh would have to ask a person. */
	readonly asks: boolean;
};

/** Why a host is not reached, by what ssh said on stderr: a banner of the host may stand before it, and a frame of @ around it. */
export function sshFailure(stderr: string, address: SshAddress): Failure {
	const lines = stderr
		.split('\n')
		.map(line => line.replace(/^[@\s]+|[@\s]+$/g, ''))
		.filter(line => line !== '');
	const known = rows.find(({pattern}) => pattern.test(stderr));
	const at = lines.findIndex(line => known?.pattern.test(line));
	return {
		reason: (at < 0 ? lines.slice(-2).join(' ') : lines[at]!).slice(0, 300),
		remedy: known?.remedy(address) ?? null,
		refuses: known?.refuses ?? false,
		asks: known?.asks ?? false,
	};
}
