/** What the README promises, as far as it can be tried without a machine; test:bare and test:packages try the rest. */
import {existsSync, readFileSync, statSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import {architectureNames, packageVersion} from '../../scripts/release/package-description.ts';
import {commands} from '../../source/commands/catalogue.ts';
import {topicNames} from '../../source/commands/help/topic-names.ts';
import {parseCommandLine} from '../../source/commands/line/parse.ts';
import {snapshotMethods} from '../../source/core/model/intent.ts';
import {healthMeanings} from '../../source/core/snapshots/health/meanings.ts';

const project = path.join(import.meta.dirname, '../..');
const text = readFileSync(path.join(project, 'README.md'), 'utf8');
const {version, scripts} = JSON.parse(readFileSync(path.join(project, 'package.json'), 'utf8'));

/** All that matches, once each. */
function found(pattern: RegExp): string[] {
	return [...new Set([...text.matchAll(pattern)].map(([, first = '']) => first))];
}

/** The part below a heading. */
function section(title: string): string {
	return text.split(/^## /m).find(part => part.startsWith(`${title}\n`)) ?? '';
}

/** The first word of each row of a table, without its marks. */
function firstColumn(part: string): string[] {
	const [, , ...rows] = part.split('\n').filter(line => line.startsWith('| '));
	return rows.map(row => row.split('|')[1]!.replaceAll('`', '').trim());
}

const typed = [
	...[...text.matchAll(/^```\n([\s\S]*?)^```/gm)].flatMap(([, block = '']) => block.split('\n')),
	...found(/`([^`\n]+)`/g),
];

describe('what is typed', () => {
	// Synopses, with an option in brackets or a word that stands for another, belong to the table of commands.
	const lines = typed.filter(
		line => /^virsnap( |$)/.test(line) && !/[[|…]|\b[A-Z]{2,}/.test(line.replace(/ \| .*/, '')),
	);

	test.each(lines)('%s', line => {
		const words = line
			.replace(/ \| .*/, '')
			.split(' ')
			.slice(1);
		expect(() => parseCommandLine(commands, words)).not.toThrow();
	});

	test('are several', () => expect(lines.length).toBeGreaterThan(8));

	test.each(found(/npm run ([\w:]+)/g))('npm run %s', name => {
		expect(Object.keys(scripts)).toContain(name);
	});

	test('helps on every topic are commands or topics', () => {
		const known = [...commands.map(({name}) => name), ...topicNames, 'COMMAND'];
		expect(known).toEqual(expect.arrayContaining(found(/virsnap help (\w+)/g)));
	});
});

test('the files to be installed have the names that a release gives them', () => {
	const {deb, rpm} = architectureNames.x64;
	for (const file of [
		`virsnap_${packageVersion(version)}-1_${deb}.deb`,
		`virsnap-${packageVersion(version)}-1.${rpm}.rpm`,
		`virsnap-${version}-linux-x64`,
		`virsnap-${version}.tgz`,
	])
		expect(section('Install')).toContain(file);
});

test('every link leads to a file, and pictures are small and move nothing but themselves', () => {
	for (const target of found(/\]\(([^)#]+)\)/g)) {
		const file = path.join(project, target);
		expect(existsSync(file), target).toBe(true);
		if (!target.endsWith('.svg')) continue;
		expect(statSync(file).size, target).toBeLessThan(64 * 1024);
		expect(readFileSync(file, 'utf8'), target).not.toMatch(/<script|href="[^#]/);
	}
});

test('every method and every health has its row', () => {
	const [methods = '', health = ''] = section('Methods').split('Reverting and deleting');
	expect(firstColumn(methods).sort()).toEqual([...snapshotMethods].sort());
	expect(firstColumn(health).sort()).toEqual(Object.keys(healthMeanings).sort());
});
