/** What to do about what ssh says (OpenSSH's own words, seen on 8.4 to 10.0). */

type SshRemedy = {
	readonly pattern: RegExp;
	readonly remedy: string;
	/** A person has to act before it can go better. */
	readonly refuses: boolean;
};

const rows: readonly SshRemedy[] = [
	{
		pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
		remedy:
			'The host is another one than before, or somebody is in between. Ask whoever runs it, before you remove its old key with ssh-keygen -R HOST.',
		refuses: true,
	},
	{
		pattern: /Host key verification failed|No \S+ host key is known/,
		remedy: 'Connect once by hand, compare the key, and accept it: ssh HOST true',
		refuses: true,
	},
	{
		pattern: /Permission denied|Too many authentication failures/,
		remedy:
			'Put your key there (ssh-copy-id HOST) or into your agent (ssh-add). For a password start virsnap again: it can be asked for only before the screen is drawn.',
		refuses: true,
	},
	{
		pattern: /Could not resolve hostname/,
		remedy: 'Check the name, or give the host an entry in ~/.ssh/config.',
		refuses: false,
	},
	{
		pattern: /Connection refused|No route to host|timed out|Network is unreachable/,
		remedy: 'Check that the host runs, and that its sshd can be reached: ssh HOST true',
		refuses: false,
	},
	{
		pattern: /ENOENT/,
		remedy:
			'Install ssh: sudo apt install openssh-client (Debian, Ubuntu), sudo dnf install openssh-clients (Fedora, RHEL).',
		refuses: false,
	},
];

/** Null where nothing is known about these words. */
export function sshRemedy(words: string): Omit<SshRemedy, 'pattern'> | null {
	return rows.find(({pattern}) => pattern.test(words)) ?? null;
}
