/** What the bundle changes of packages: they answer as before, and do no work that nobody has asked for. */
import {build} from 'esbuild';
import stringWidth from 'string-width';
import {expect, test} from 'vitest';
import {bundleOptions} from '../../scripts/bundle.ts';

test('string-width of the bundle makes its tables for the first text that is not ASCII, and counts as before', async () => {
	const contents = "export {default} from 'string-width'; export {object} from 'valibot';";
	const {outputFiles} = await build({
		...(await bundleOptions('npm')),
		entryPoints: [],
		stdin: {contents, resolveDir: import.meta.dirname},
		write: false,
		format: 'esm',
	});
	const code = outputFiles[0]!.text;
	const Segmenter = Intl.Segmenter;
	let made = 0;
	class Counted extends Segmenter {
		constructor() {
			super();
			made++;
		}
	}
	Object.assign(Intl, {Segmenter: Counted});
	try {
		const bundled = (await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`)).default;
		expect(bundled('domain-1 \u001b[1mrunning\u001b[22m')).toBe(16);
		expect(made).toBe(0);
		for (const text of [
			'–',
			'虛擬',
			'e\u0301',
			'👩‍👩‍👧',
			'☀',
			'☀️',
			'1️⃣',
			'1\u20e3',
			'🏴󠁧󠁢󠁥󠁮󠁧󠁿',
			'각',
			'ｶﾞ',
			'की',
			'\u0000',
			'\ud800',
		])
			expect([text, bundled(text)]).toEqual([text, stringWidth(text)]);
		expect(made).toBe(1);
	} finally {
		Object.assign(Intl, {Segmenter});
	}

	// What is made by `new RegExp` is made at once, used or not: of valibot that would be one of all emoji.
	expect(code).not.toContain('new RegExp("');
});
