/** Documents that are generated, completely or in part, from the tables of the program. */
import {readFile} from 'node:fs/promises';
import {commands} from '../source/commands/catalogue.ts';
import {manualPage} from '../source/commands/help/manual-page.ts';
import {commandList} from '../source/commands/help/text.ts';
import {keymapMarkdown, keySections} from '../source/ui/keys/words.ts';
import {methodsDocument} from './methods-document.ts';

export type GeneratedDocument = {
	readonly file: URL;
	/** What the file is to hold, from what it holds. */
	readonly render: (before: string) => string;
};

const {version} = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {version: string};
const manual = await manualPage(commands, {version, keys: async () => keySections()});

export const generatedDocuments: readonly GeneratedDocument[] = [
	{file: new URL('../docs/methods.md', import.meta.url), render: methodsDocument},
	{
		file: new URL('../README.md', import.meta.url),
		render: before =>
			between(
				between(before, 'keys', keymapMarkdown()),
				'commands',
				`\`\`\`\nvirsnap [-c URI]\n    the terminal UI; without a terminal: list\n${commandList(commands)}\n\`\`\``,
			),
	},
	{file: new URL('../man/virsnap.1', import.meta.url), render: () => manual},
];

/** The text with what stands between `<!-- NAME -->` and `<!-- /NAME -->` replaced; as it was where there are no such marks. */
function between(text: string, name: string, content: string): string {
	const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
	const start = text.indexOf(open);
	const end = text.indexOf(close);
	if (start === -1 || end === -1) return text;
	return `${text.slice(0, start + open.length)}\n\n${content.trim()}\n\n${text.slice(end)}`;
}
