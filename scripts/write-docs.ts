/** `npm run docs`: write what is generated in the documentation. A test fails where it is stale. */
import {readFile, writeFile} from 'node:fs/promises';
import {generatedDocuments} from './generated-documents.ts';

for (const {file, render} of generatedDocuments) {
	const before = await readFile(file, 'utf8').catch(() => '');
	const after = render(before);
	if (after !== before) await writeFile(file, after);
	console.log(`${after === before ? 'as it was' : 'written'}: ${file.pathname}`);
}
