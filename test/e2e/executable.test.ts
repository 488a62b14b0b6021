/** The program as the executable holds it: one script in which nothing is left to be loaded from files. */
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {writeProgram} from '../../scripts/release/program.ts';

const compile = path.join(import.meta.dirname, '../../scripts/release/compile.cjs');
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-program-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

test('runs as one script of ASCII, says what it is, and leaves what V8 compiled of it', async () => {
	const program = path.join(folder, 'program');
	const compiled = path.join(folder, 'compiled');
	await writeProgram(program);
	expect(await readFile(program, 'utf8')).not.toMatch(/[^\0-\x7f]|\bimport\(/);

	// Outside the project, where no package can be found.
	const run = (...words: string[]) => execa(process.execPath, [compile, program, compiled, ...words], {cwd: folder});
	expect((await run('--version')).stdout).toMatch(/^virsnap \d\S* \(executable, Node \d/);
	expect((await run('help')).stdout).toContain('Exit status');
	expect((await stat(compiled)).size).toBeGreaterThan(10_000);
});
