/** A person's editor, played by shell scripts. */
import {EventEmitter} from 'node:events';
import {mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterEach, beforeEach, expect, test, vi} from 'vitest';
import {editText} from '../../source/programs/edit-text.ts';

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-editor-'));
	vi.stubEnv('TMPDIR', folder);
});
afterEach(async () => {
	vi.unstubAllEnvs();
	await rm(folder, {recursive: true});
});

const signals = new EventEmitter();

/** What becomes of the text; no file may stay behind. */
async function edited(text: string, env: Readonly<Record<string, string>>): Promise<string> {
	try {
		return await editText(text, {env, signals});
	} finally {
		expect((await readdir(folder)).filter(name => name.startsWith('virsnap-edit-'))).toEqual([]);
		expect(signals.eventNames()).toEqual([]);
	}
}

/** An editor that is a shell script; `$1` is the file. */
async function editor(script: string): Promise<string> {
	const file = path.join(folder, 'editor with spaces');
	await writeFile(file, `#!/bin/sh\n${script}\n`, {mode: 0o755});
	return `'${file}' --wait`;
}

test('the text goes to $VISUAL, before $EDITOR, in a file that is private', async () => {
	const note = path.join(folder, 'note');
	const EDITOR = await editor(`{ stat -c %a "$2" "$(dirname "$2")"; cat "$2"; } >'${note}'; echo more >>"$2"`);
	expect(await edited('one\ntwo', {EDITOR})).toBe('one\ntwo\nmore');
	expect(await readFile(note, 'utf8')).toBe('600\n700\none\ntwo\n');
	expect(await edited('x', {VISUAL: 'true', EDITOR: 'false'})).toBe('x');
});

test.each([
	['a\\r\\nb\\r\\n', 'a\nb'],
	['a\\n\\n\\n', 'a'],
	['  a\\tb ', '  a\tb '],
	['\\n', ''],
	['', ''],
	['\\357\\273\\277\\303\\244', 'ä'],
])('%j is taken back as %j', async (written, text) => {
	expect(await edited('before', {EDITOR: await editor(`printf '${written}' >"$2"`)})).toBe(text);
});

test.each(['', 'a', ' a\n\n', 'ends with a line\n'])('%j that was not touched is itself', async text => {
	expect(await edited(text, {EDITOR: 'true'})).toBe(text);
});

test.each([
	['exit 3', 'ended with status 3'],
	['rm "$2"; exit 1', 'ended with status 1'],
	['printf \'\\377\' >"$2"', 'not UTF-8'],
])('%j is told', async (script, reason) => {
	await expect(edited('text', {EDITOR: await editor(script)})).rejects.toThrow(reason);
});

test('one that is missing is told', async () => {
	await expect(edited('text', {VISUAL: '/nowhere/vim -x'})).rejects.toThrow('/nowhere/vim -x could not be started');
});

test('Ctrl-C in the editor reaches the shell around it and this program, and ends neither', async () => {
	const EDITOR = await editor('trap : INT; kill -INT $PPID; kill -INT $$; echo lives >"$2"');
	expect(await edited('text', {EDITOR})).toBe('lives');
});

test('the text is gone from the disk also where this program is killed while the editor is open', async () => {
	const note = path.join(folder, 'note');
	const EDITOR = await editor(`kill -KILL "$VIRSNAP_PID"; sleep 0.1; echo "$2" >'${note}'`);
	const source = new URL('../../source/programs/edit-text.ts', import.meta.url).href;
	const call = `process.env.VIRSNAP_PID = process.pid; import('${source}').then(({editText}) => editText('secret', {env: {EDITOR: ${JSON.stringify(EDITOR)}}, signals: process}))`;
	const {spawn} = await import('node:child_process');
	const child = spawn(process.execPath, ['--eval', call], {stdio: 'ignore', env: {...process.env, TMPDIR: folder}});
	await new Promise(resolve => child.once('exit', resolve));
	await expect.poll(() => readFile(note, 'utf8').catch(() => ''), {timeout: 10_000}).toContain('description.txt');
	await expect.poll(async () => (await readdir(folder)).filter(name => name.startsWith('virsnap-edit-'))).toEqual([]);
});
