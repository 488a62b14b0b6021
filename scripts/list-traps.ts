/** `node scripts/list-traps.ts`: the tests that provoke each trap of a snapshot, by its number, as Markdown. */
import {readdir, readFile} from 'node:fs/promises';
import path from 'node:path';

const folder = path.join(import.meta.dirname, '../test/traps');
const files = (await readdir(folder)).filter(file => file.endsWith('.test.ts')).sort();
const found: {number: number; title: string; file: string}[] = [];
for (const file of files) {
	const text = await readFile(path.join(folder, file), 'utf8');
	for (const [, title] of text.matchAll(/(?:test|\))(?:\.\w+)*\(\s*['"](trap \d+: .*?)['"],/g))
		found.push({number: Number(/\d+/.exec(title!)![0]), title: title!.replace(/^trap \d+: /, ''), file});
}

for (const {number, title, file} of found.sort((a, b) => a.number - b.number))
	console.log(`- ${number}: ${title} (test/traps/${file})`);
