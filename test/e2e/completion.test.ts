/** What Tab gives in the real shells, on real domains. */
import {chmod, mkdir, writeFile} from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterEach, beforeAll, describe, expect, test} from 'vitest';
import {useLab as labWith} from '../helpers/lab.ts';
import {atMost} from '../helpers/patience.ts';
import {type Launched, launch} from '../helpers/pty.ts';
import {launcher, programEnvironment} from './program.ts';

const story = labWith(['Koan', 'web-stopped', 'odd "names"']);

let terminal: Launched | undefined;
afterEach(() => terminal?.stop());

/** As it is typed to start it with nothing but the completion, and to load that. */
const shells = {
	bash: {argv: ['bash', '--norc', '--noprofile', '-i'], load: 'source <(virsnap completion bash)'},
	zsh: {
		argv: ['zsh', '-f', '-i'],
		load: 'autoload -Uz compinit && compinit -u -D && source <(virsnap completion zsh)',
	},
	fish: {argv: ['fish', '--private', '--no-config', '-i'], load: 'virsnap completion fish | source'},
} as const;

type Shell = keyof typeof shells;

const installed = new Map(
	await Promise.all(
		Object.keys(shells).map(async shell => {
			const {exitCode} = await execa('sh', ['-c', `command -v ${shell}`], {reject: false});
			return [shell, exitCode === 0] as const;
		}),
	),
);

/** A folder for PATH in which `virsnap` is the built program. */
const programs = () => path.join(story.lab.folder, 'programs');

beforeAll(async () => {
	await mkdir(programs());
	const file = path.join(programs(), 'virsnap');
	await writeFile(file, `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`);
	await chmod(file, 0o755);
});

/** The shell, with the completion loaded. */
async function start(shell: Shell): Promise<Launched> {
	const {argv, load} = shells[shell];
	const env = {
		...programEnvironment(story.lab),
		HOME: story.lab.folder,
		PATH: `${programs()}:${process.env.PATH}`,
		PS1: 'ready> ',
	};
	const program = launch(argv.slice(1), {file: argv[0], columns: 120, rows: 30, env});
	terminal = program;
	program.write(`${load}\recho lo''aded\r`);
	await program.waitFor(/^loaded/m, 20);
	program.write('\u000C');
	await program.waitFor(/^(?!.*loaded)/s, 20);
	return program;
}

/** Type this and press Tab until the screen shows what it is to become: on a busy host the time limit may pass once. */
async function complete(program: Launched, typed: string, becomes: string | RegExp): Promise<string> {
	program.write(typed);
	for (let again = 4; ; again--) {
		program.write('\t');
		try {
			return await program.waitFor(becomes, 4);
		} catch (error) {
			if (again === 0) throw error;
		}
	}
}

describe.each(Object.keys(shells) as Shell[])('%s', shell => {
	const at = test.skipIf(!installed.get(shell));

	at('a domain and its tags: a unique one is put in, several are shown', async () => {
		const program = await start(shell);
		await complete(program, 'virsnap revert K', 'virsnap revert Koan');
		const screen = await complete(program, 'k', /k1-snap[\s\S]*k3-snap/);
		expect(screen).toContain('virsnap revert Koan k');
		expect(screen).toContain('k2-snap');
	});

	at('a domain, an @ and a tag', async () => {
		const program = await start(shell);
		await complete(program, 'virsnap clone Koan@k1', 'virsnap clone Koan@k1-snap');
	});

	at('commands, options and methods', async () => {
		const program = await start(shell);
		await complete(program, 'virsnap rev', 'virsnap revert');
		await complete(program, 'Koan k1-snap --saf', 'virsnap revert Koan k1-snap --safety');
		program.write('\u0015');
		await complete(program, 'virsnap create Koan --method qe', '--method qemu-img');
		await complete(program, '--disk-o', '--method qemu-img --disk-only');
		program.write('\u0015');
		await complete(program, 'virsnap create Koan --method=qe', '--method=qemu-img');
	});

	at('disks, and files behind an equals sign', async () => {
		const program = await start(shell);
		await complete(program, 'virsnap create Koan --disk v', 'virsnap create Koan --disk vda');
		program.write('\u0015');
		const {folder} = story.lab;
		const overlay = `--overlay vda=${folder}/programs/v`;
		await complete(program, `virsnap create Koan ${overlay}`, `${overlay}irsnap`);
		program.write('\u0015');
		const dir = `--dir=${folder}/progr`;
		await complete(program, `virsnap create Koan ${dir}`, `${dir}ams/`);
	});

	at('a name with spaces and quotes is put in so that it stays one word', async () => {
		const program = await start(shell);
		await complete(program, 'virsnap list od', /virsnap list \S?odd\S/);
		program.write('\r');
		await program.waitFor('two␊lines', 20);
	});
});

test('a libvirt that does not answer holds the shell for little more than a second, and gives nothing', async () => {
	const socket = path.join(story.lab.folder, 'silent');
	const silent = net.createServer().listen(socket);
	try {
		const started = performance.now();
		const {stdout, exitCode} = await execa(
			path.join(programs(), 'virsnap'),
			['complete', 'zsh', '--', '-c', `qemu+unix:///session?socket=${socket}`, 'list', ''],
			{env: programEnvironment(story.lab)},
		);
		expect([exitCode, stdout]).toEqual([0, '']);
		expect(performance.now() - started).toBeLessThan(atMost(10));
	} finally {
		silent.close();
	}
});
