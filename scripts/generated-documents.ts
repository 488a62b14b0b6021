/** Documents that are generated, whole or in part, from the tables of the program. */
import {keymapMarkdown} from '../source/ui/keys/words.ts';
import {methodsDocument} from './methods-document.ts';

export type GeneratedDocument = {
	readonly file: URL;
	/** What the file is to hold, from what it holds. */
	readonly render: (before: string) => string;
};

export const generatedDocuments: readonly GeneratedDocument[] = [
	{file: new URL('../docs/methods.md', import.meta.url), render: methodsDocument},
	{file: new URL('../README.md', import.meta.url), render: before => between(before, 'keys', keymapMarkdown())},
];

/** The text with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced; as it was where there are no such marks. */
function between(text: string, name: string, content: string): string {
	const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
	const start = text.indexOf(open);
	const end = text.indexOf(close);
	if (start === -1 || end === -1) return text;
	return `${text.slice(0, start + open.length)}\n\n${content.trim()}\n\n${text.slice(end)}`;
}
