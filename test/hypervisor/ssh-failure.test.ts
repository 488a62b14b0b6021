/** What ssh said, told as it is typed by whom it concerns. */
import {expect, test} from 'vitest';
import {sshAddress} from '../../source/hypervisor/agent/here/ssh-address.ts';
import {sshFailure} from '../../source/hypervisor/agent/here/ssh-remedies.ts';

const plain = sshAddress('qemu+ssh://root@h1/system')!;
const odd = sshAddress('qemu+ssh://eve@h2:2222/system?keyfile=/k')!;

const changed = `@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @
@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@
IT IS POSSIBLE THAT SOMEONE IS DOING SOMETHING NASTY!\r
Host key verification failed.\r
`;

test.each([
	[
		plain,
		'No ED25519 host key is known for h1 and you have requested strict checking.\r\nHost key verification failed.\r\n',
		'No ED25519 host key is known for h1 and you have requested strict checking.',
		'Connect once by hand, compare the key, and accept it: ssh -l root -- h1 true',
		true,
	],
	[
		plain,
		changed,
		'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!',
		/before you remove its old key: ssh-keygen -R h1$/,
		true,
	],
	[odd, changed, 'WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!', /: ssh-keygen -R '\[h2\]:2222'$/, true],
	[
		odd,
		'Only for staff.\nLeave now.\neve@h2: Permission denied (publickey,password).\r\n',
		'eve@h2: Permission denied (publickey,password).',
		'Put your key there (ssh-copy-id -p 2222 eve@h2) or into your agent (ssh-add).',
		true,
		true,
	],
	[plain, 'Host key verification failed.\r\n', 'Host key verification failed.', /compare the key/, true, true],
	[
		plain,
		'@    WARNING: REVOKED HOST KEY DETECTED!               @\nHost key verification failed.\r\n',
		'WARNING: REVOKED HOST KEY DETECTED!',
		/ask whoever runs it/,
		true,
	],
	[
		plain,
		'Received disconnect from h1: Too many authentication failures\r\n',
		'Received disconnect from h1: Too many authentication failures',
		/^Put your key/,
		true,
	],
	[
		odd,
		'ssh: connect to host h2 port 2222: Connection refused\r\n',
		'ssh: connect to host h2 port 2222: Connection refused',
		'Check that the host runs, and that its sshd can be reached: ssh -p 2222 -l eve -i /k -- h2 true',
		false,
	],
	[plain, 'Welcome.\nsomething new\n', 'Welcome. something new', null, false],
	[plain, '', '', null, false],
])('%#: %j', (address, stderr, reason, remedy, refuses, asks = false) => {
	const failure = sshFailure(stderr, address);
	expect(failure).toMatchObject({reason, refuses, asks});
	if (remedy instanceof RegExp) expect(failure.remedy).toMatch(remedy);
	else expect(failure.remedy).toBe(remedy);
});
