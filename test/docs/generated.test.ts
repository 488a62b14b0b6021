import {readFile} from 'node:fs/promises';
import {expect, test} from 'vitest';
import {generatedDocuments} from '../../scripts/generated-documents.ts';

test.each(generatedDocuments.map(document => [document.file.pathname.split('/').at(-1)!, document] as const))(
	'%s is what `npm run docs` writes',
	async (_, {file, render}) => {
		const text = await readFile(file, 'utf8');
		expect(text).toBe(render(text));
	},
);
