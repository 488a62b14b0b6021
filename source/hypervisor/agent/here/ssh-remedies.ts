/** What to do about what ssh says (OpenSSH's own words, seen on 8.4 to 10.0). */

type SshRemedy = {readonly pattern: RegExp; readonly remedy: string};

const rows: readonly SshRemedy[] = [
	{
		pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
		remedy:
			'The host is another one than before, or somebody is in between. Ask whoever runs it, before you remove its old key with ssh-keygen -R HOST.',
	},
	{
		pattern: /Host key verification failed|No \S+ host key is known/,
		remedy: 'Connect once by hand, compare the key, and accept it: ssh HOST true',
	},
	{
		pattern: /Permission denied|Too many authentication failures/,
		remedy:
			'Put your key there (ssh-copy-id HOST) or into your agent (ssh-add). For a password start virsnap again: it can be asked for only before the screen is drawn.',
	},
	{
		pattern: /Could not resolve hostname/,
		remedy: 'Check the name, or give the host an entry in ~/.ssh/config.',
	},
	{
		pattern: /Connection refused|No route to host|timed out|Network is unreachable/,
		remedy: 'Check that the host runs, and that its sshd can be reached: ssh HOST true',
	},
	{
		pattern: /ENOENT/,
		remedy:
			'Install ssh: sudo apt install openssh-client (Debian, Ubuntu), sudo dnf install openssh-clients (Fedora, RHEL).',
	},
];

/** Null where nothing is known about these words. */
export function sshRemedy(words: string): string | null {
	return rows.find(({pattern}) => pattern.test(words))?.remedy ?? null;
}
