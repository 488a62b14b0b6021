/**
 * What Ink does for each frame. It draws all rows anew, whatever has changed: takes their styles apart, counts columns, and puts them
 * together again, and forgets what it has learned with each frame. Kept, a key takes a third less (measured by `bench ill-hosts` with that
 * of string-width: 5.3 ms of CPU time instead of 7.8 with 100x40 cells, and a seventh of the keys that take more than 16 ms).
 */
import {KEPT} from './kept.ts';
import {patch} from './patch.ts';

/** Texts without what would steer the terminal. */
export const keptTexts = patch('kept-texts', /[/\\]ink[/\\]build[/\\]squash-text-nodes\.js$/, code => {
	const cleaning = /^ {4}text = sanitizeAnsi\(text[\s\S]*?;\n(?: {4}\/\/.*\n)? {4}text = text\.replaceAll\(.*;\n/m;
	const found = cleaning.exec(code)?.[0];
	if (found === undefined) return code;
	return `${code.replace(found, '    text = clean(text);\n')}${KEPT}
const clean = kept(text => {
${found}    return text;
});
`;
});

/** Characters with their styles, and rows of them. */
export const keptCells = patch('kept-cells', /[/\\]ink[/\\]build[/\\]output\.js$/, code => {
	const rows = /^ {8}const characterLines = \[\[\]\];\n[\s\S]*?^ {8}let (lines = characterLines\.map\(.*\);)\n/m;
	const found = rows.exec(code)?.[0];
	const own = '    caches = new OutputCaches();';
	if (found === undefined || !code.includes(own)) return code;
	const method = found.replace('this.caches.', 'this.').replace('let lines =', 'return');
	return `${code
		.replace(own, '    caches = keptCaches();')
		.replace(found, '        let lines = this.caches.rowsOf(text);\n')
		.replace(
			'class OutputCaches {',
			`class OutputCaches {
    rowsOf = kept(text => {
${method}    });`,
		)}${KEPT}
let caches = new OutputCaches();
function keptCaches() {
    if (caches.styledChars.size > 1000 || caches.widths.size > 5000) caches = new OutputCaches();
    return caches;
}
`;
});
