/** Versions of a definition, written as libvirt writes them. */
import {renameSync, rmSync, writeFileSync} from 'node:fs';
import {mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {setImmediate as nextTurn} from 'node:timers/promises';
import {afterEach, beforeEach, expect, test} from 'vitest';
import {type DefinitionWatch, watchDefinition} from '../../source/execute/steps/definition-watch.ts';

const domain = {name: 'web', uuid: '11111111-2222-3333-4444-555555555555'};
const xml = (title: string) => `<domain><uuid>${domain.uuid}</uuid><title>${title}</title></domain>\n`;

let folder: string;
let watch: DefinitionWatch;

beforeEach(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-definition-'));
	rewrite('before');
	watch = watchDefinition(folder, domain);
});

afterEach(async () => {
	watch.close();
	await rm(folder, {recursive: true});
});

/** A new file that is renamed. */
function rewrite(title: string, name = 'web'): void {
	const file = path.join(folder, `${name}.xml`);
	writeFileSync(`${file}.new`, xml(title));
	renameSync(`${file}.new`, file);
}

async function heard(): Promise<void> {
	for (let turn = 0; turn < 2; turn++) await nextTurn();
}

test('each version is told, in order and once', async () => {
	rewrite('one');
	expect(await watch.written()).toEqual({texts: [xml('one')], missed: false});
	rewrite('two');
	await heard();
	rewrite('three');
	expect(await watch.written()).toEqual({texts: [xml('two'), xml('three')], missed: false});
	expect(await watch.written()).toEqual({texts: [], missed: false});
});

test('a version that was replaced before anybody could look is told as missed', async () => {
	rewrite('one');
	rewrite('two');
	expect(await watch.written()).toEqual({texts: [xml('two')], missed: true});
});

test('one that is read before it has its name is not missed', async () => {
	writeFileSync(path.join(folder, 'web.xml.new'), xml('one'));
	await heard();
	renameSync(path.join(folder, 'web.xml.new'), path.join(folder, 'web.xml'));
	rewrite('two');
	expect(await watch.written()).toEqual({texts: [xml('one'), xml('two')], missed: false});
});

test('other domains, and a draft that nobody finished, are no versions', async () => {
	rewrite('one', 'other');
	writeFileSync(path.join(folder, 'web.xml.new'), '<domain>');
	expect(await watch.written()).toEqual({texts: [], missed: false});
});

test('a definition that was gone in between is told as missed', async () => {
	rmSync(path.join(folder, 'web.xml'));
	await heard();
	rewrite('again');
	expect(await watch.written()).toEqual({texts: [xml('again')], missed: true});
});

test("another libvirt's domain of the same name is not watched", async () => {
	const other = watchDefinition(folder, {...domain, uuid: '99999999-2222-3333-4444-555555555555'});
	rewrite('one');
	expect(await other.written()).toEqual({texts: [], missed: false});
});
