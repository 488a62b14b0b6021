import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {namesThere} from '../../source/hypervisor/agent/here/names-there.ts';
import {sshAddress} from '../../source/hypervisor/agent/here/ssh-address.ts';

const script = `#!/bin/sh
read -r _ _ _ _ _ session _ </proc/$$/stat
[ "$session" = $$ ] && echo 'no terminal'
echo "windows $SSH_ASKPASS_REQUIRE"
`;

test('in the middle of a line nobody is asked anything, by no jump host’s ssh either', async () => {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-names-'));
	onTestFinished(() => rm(folder, {recursive: true}));
	const ssh = path.join(folder, 'ssh');
	await writeFile(ssh, script, {mode: 0o755});
	const address = sshAddress(`qemu+ssh://h1/system?command=${encodeURIComponent(ssh)}`)!;
	const names = await namesThere(address, '1.0.0', 'domains', new AbortController().signal);
	expect(names.map(({name}) => name)).toEqual(['no terminal', 'windows never']);
});
