/** How string-width counts. */
import {KEPT} from './kept.ts';
import {patch} from './patch.ts';

/**
 * string-width compiles regular expressions of Unicode's properties, and opens ICU's tables of graphemes, as it is loaded: 18 ms of CPU
 * time, where a bare node takes 24. Texts of ASCII need none of it, so it waits for another one. Of all emoji it makes a table for the
 * first such text, a fifth of the CPU time until the UI's first frame (178 ms with it, 145 without). A lone character is such an emoji only
 * where it has Emoji_Presentation (UTS #51, ED-20), which is a small table, so the large one waits for a cluster.
 *
 * Of a frame most texts are those of the one before: their widths are kept.
 */
export const widths = patch('widths', /[/\\]string-width[/\\]index\.js$/, code => {
	const made: string[] = [];
	const declared = code.replaceAll(
		/^const (\w+) = (\/.*\/(?:v|gu)|new Intl\.Segmenter\(\));$/gm,
		(_, name: string, value: string) => {
			made.push(`${name} = ${name === 'rgiEmojiRegex' ? emojiWhenMet(value) : value};`);
			return `let ${name};`;
		},
	);
	const loop = '\tfor (const {segment} of segmenter.segment(string)) {';
	const changed = declared.replace(loop, () => `\tif (segmenter === undefined) makeTables();\n${loop}`);
	const counting = changed.replace('export default function stringWidth(', 'function count(');
	if (made.length !== 5 || changed === declared || counting === changed) return code;
	return `${counting}
function makeTables() {
${made.join('\n')}
}
${KEPT}
const widthOf = kept(count);
export default (text, options) => (options === undefined && typeof text === 'string' ? widthOf(text) : count(text, options));
`;
});

const emojiWhenMet = (table: string) => `{
	byItself: /\\p{Emoji_Presentation}/u,
	table: undefined,
	test(cluster) {
		if (cluster.length === 1 && !this.byItself.test(cluster)) return false;
		this.table ??= ${table};
		return this.table.test(cluster);
	},
}`;
