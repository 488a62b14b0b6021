import {describe, expect, test} from 'vitest';
import {commands} from '../../source/commands/catalogue.ts';
import {shownOptions} from '../../source/commands/line/synopsis.ts';
import {snapshotMethods} from '../../source/core/model/intent.ts';
import {run} from './fake.ts';

describe('help on topics', () => {
	test('keys, as the terminal UI has them', async () => {
		expect((await run(['help', 'keys'])).stdout).toMatch(/^Lists\n {2}j ↓ +down$/m);
	});

	test('methods, each with what it needs, holds and costs', async () => {
		const {stdout} = await run(['help', 'methods']);
		for (const id of snapshotMethods) expect(stdout).toMatch(new RegExp(`^${id} \\(.*\\)\\n {2}needs +\\S`, 'm'));
		expect(stdout).not.toContain('linked-clone');
	});

	test('health, each word of the list', async () => {
		const {stdout} = await run(['help', 'health']);
		for (const word of ['ok', 'unmanaged', 'partial', 'orphaned', 'missing-files', 'replaced', 'in-use', 'unchecked']) {
			expect(stdout).toMatch(new RegExp(`^ {2}${word} +\\S`, 'm'));
		}
	});

	test('exit statuses', async () => {
		expect((await run(['help', 'exit'])).stdout).toMatch(/^ {2}3 +refused before anything was touched: /m);
	});

	test('an unknown one gets the one that was meant', async () => {
		expect(await run(['help', 'helth'])).toMatchObject({
			status: 2,
			stderr: expect.stringContaining('virsnap help health?'),
		});
	});
});

describe('the manual page', () => {
	test('has every command with every option', async () => {
		const {stdout} = await run(['man']);
		for (const {name, options, hidden} of commands) {
			if (hidden) expect(stdout).not.toContain(`virsnap ${name}`);
			else expect(stdout).toMatch(new RegExp(`^\\.SS "virsnap ${name}\\b`, 'm'));
			for (const option of hidden ? [] : Object.keys(shownOptions(options))) {
				expect(stdout).toContain(`\\-\\-${option.replaceAll('-', '\\-')}`);
			}
		}
	});

	test('has no sign that groff lacks where the locale is plain; it knows arrows', async () => {
		expect((await run(['man'])).stdout).not.toMatch(/[^\0-\x7f←↑→↓]/);
	});

	test('takes no line of text for a request', async () => {
		const {stdout} = await run(['man']);
		const requests = stdout.split('\n').flatMap(line => /^[.'](\S*)/.exec(line)?.[1] ?? []);
		const known = ['\\"', 'TH', 'SH', 'SS', 'TP', 'PP', 'B', 'I', 'BR', 'IR', 'RB', 'RI', 'br'];
		expect([...new Set(requests)].filter(request => !known.includes(request))).toEqual([]);
	});
});
