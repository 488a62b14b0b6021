import fc from 'fast-check';
import {expect, test} from 'vitest';
import type {LoggedCommand} from '../../source/core/model/hypervisor.ts';
import {CommandError, ConnectionError} from '../../source/libvirt/errors.ts';
import {ask} from '../../source/libvirt/virsh/ask.ts';
import {quoteCommand} from '../../source/libvirt/virsh/quote.ts';

/** virsh's own `echo` needs no daemon, and where no URI is given virsh does not look for one before it has to. */
const unconnected = {uri: null};
const nowhere = {uri: 'qemu+unix:///session?socket=/nonexistent'};

async function echo(...texts: string[]): Promise<string[]> {
	const answers = await ask(
		unconnected,
		texts.map(text => ['echo', '--', text]),
	);
	return answers.map(answer => answer.stdout);
}

const nasty = fc
	.array(
		fc.oneof(
			fc.constantFrom("'", '"', '\\', ';', '\n', '#', ' ', '--', '$', '`', '&', '\t'),
			fc.string({unit: 'grapheme'}),
		),
	)
	.map(parts => parts.join(''))
	.filter(text => !text.includes('\0'));

test('virsh reads back every argument as it was, many at once', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(nasty, {minLength: 1, maxLength: 40}), async texts => {
			expect(await echo(...texts)).toEqual(texts);
		}),
		{numRuns: 30},
	);
});

test('plain words stay as they are, for the eye', () => {
	expect(quoteCommand(['list', '--all', '--domain=a-b'])).toBe('list --all --domain=a-b');
	expect(quoteCommand(['echo', "it's", ''])).toBe(String.raw`echo 'it'\''s' ''`);
});

test('a text in quotes that looks like a command stays a text', async () => {
	expect(await echo('x; echo HACK', "'; echo HACK; '", 'a\necho HACK')).toEqual([
		'x; echo HACK',
		"'; echo HACK; '",
		'a\necho HACK',
	]);
});

test('more questions than one process is given are answered in their order', async () => {
	const texts = Array.from({length: 60}, (_, index) => `${index} ${'快'.repeat(2000)}`);
	const log: LoggedCommand[] = [];
	const answers = await ask(
		{...unconnected, log: command => log.push(command)},
		texts.map(text => ['echo', '--', text]),
	);
	expect(answers.map(answer => answer.stdout)).toEqual(texts);
	expect(log).toHaveLength(6);
});

test('after a process that failed no further one is started', async () => {
	const log: LoggedCommand[] = [];
	const questions = Array.from({length: 60}, () => ['frobnicate', '快'.repeat(2000)]);
	const asked = ask({...unconnected, log: command => log.push(command)}, questions);
	await expect(asked).rejects.toBeInstanceOf(CommandError);
	expect(log).toHaveLength(2);
});

test('no questions start no process', async () => {
	const log: LoggedCommand[] = [];
	expect(await ask({...nowhere, log: command => log.push(command)}, [])).toEqual([]);
	expect(log).toEqual([]);
});

test('a question that failed is an answer, and those after it are answered', async () => {
	const [bad, good] = await ask(unconnected, [
		['echo', '--nonsense'],
		['echo', 'good'],
	]).catch(() => []);
	// virsh reads the whole batch before it runs any of it, so options are checked first.
	expect([bad, good]).toEqual([undefined, undefined]);
	const answers = await ask(unconnected, [
		['cd', '/nonexistent'],
		['echo', 'good'],
	]);
	expect(answers[0]).toMatchObject({failed: true, stdout: ''});
	expect(answers[0]!.stderr).toContain('cd:');
	expect(answers[1]).toEqual({failed: false, stdout: 'good', stderr: ''});
});

test('a daemon that is not there is a ConnectionError with its words and a remedy', async () => {
	const error = await ask(nowhere, [['list', '--all']]).catch((error: unknown) => error);
	expect(error).toBeInstanceOf(ConnectionError);
	expect(error).toMatchObject({
		exitCode: 1,
		message:
			"failed to connect to the hypervisor: Failed to connect socket to '/nonexistent': No such file or directory",
		remedy: expect.stringContaining('systemctl start libvirtd'),
	});
});

test('an unknown command is a CommandError, since virsh then runs nothing at all', async () => {
	const error = await ask(unconnected, [['echo', 'a'], ['frobnicate']]).catch((error: unknown) => error);
	expect(error).toBeInstanceOf(CommandError);
	expect(error).not.toBeInstanceOf(ConnectionError);
	expect(error).toMatchObject({message: "unknown command: 'frobnicate'", remedy: null});
});

test('where there is no virsh the remedy is to install it', async () => {
	const error = await ask({...nowhere, env: {PATH: '/nonexistent'}}, [['list']]).catch((error: unknown) => error);
	expect(error).toMatchObject({name: 'ConnectionError', remedy: expect.stringContaining('libvirt-clients')});
});

test('the log shows the questions without the marks between them', async () => {
	const log: LoggedCommand[] = [];
	await ask({uri: null, log: command => log.push(command)}, [
		['echo', 'a b'],
		['echo', 'c'],
	]);
	expect(log).toMatchObject([{argv: ['virsh', '-q', "echo 'a b';echo c"], exitCode: 0, error: '', changes: false}]);
});
