import process from 'node:process';
import {afterEach, expect, test} from 'vitest';
import {refuse} from '../../source/core/model/refusal.ts';
import {RefusalError} from '../../source/core/words/foreseen-error.ts';
import {domains as fixtures} from './domains.ts';
import {connected} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

const dbUuid = fixtures.find(({name}) => name === 'db')!.uuid;

let ui: Opened;
// One of them ends by an error, and looks at it itself.
afterEach(() => ui.close().catch(() => {}));

test('many keys in one read all act, in their order', async () => {
	ui = open();
	await ui.expects('web');
	ui.key('j', 'j', 'k', 'l', 'up', 'g', 't', '?');
	await ui.expects('Keys');
	const {tree, focus, domains} = ui.state();
	expect({tree, focus, domain: domains.cursor.key}).toEqual({tree: true, focus: 'snapshots', domain: dbUuid});
});

test('of many keys in one read only what they lead to is drawn', async () => {
	ui = open();
	await ui.expects('web');
	const help = async (...before: readonly string[]) => {
		await ui.drawn();
		const from = ui.raw().length;
		ui.key(...before, '?');
		await ui.expects('Keys');
		await ui.drawn();
		return ui.raw().slice(from);
	};
	const alone = await help();
	ui.key('esc');
	await ui.expects('web');
	// Few enough that no machine takes as long as something has to be seen meanwhile.
	expect(await help(...Array.from({length: 5}, () => ['j', 'k']).flat())).toBe(alone);
});

test('keys typed ahead in the method menu choose the row under the cursor', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('last', 'up', 'create');
	ui.retype('x1');
	ui.enter(2);
	await ui.expects('step 3 of 4');
	ui.press('down', 'choose');
	await ui.expects('step 4 of 4');
	const {screen} = ui.state();
	expect(screen).toMatchObject({intent: {tag: 'x1', method: 'external-offline'}});
});

test('a paste never acts as keys', async () => {
	ui = open();
	await ui.expects('web');
	ui.paste('jjcq\r\r');
	ui.key('k');
	ui.press('help');
	await ui.expects('Keys');
	expect(ui.state().domains.cursor.top).toBe(0);
	expect(ui.state().screen).toMatchObject({name: 'help', under: {name: 'lists'}});
});

test('in a text field a paste is one line of text', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('create');
	await ui.expects('step 1 of 4');
	ui.press('erase-line');
	ui.paste('my\u001B[31m\r\ntag');
	await ui.expects('Tag: my [31m tag▏');
});

test('a burst of Enter from the lists ends at the review', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('last', 'up', 'create');
	await ui.expects('step 1 of 4');
	ui.enter(12);
	await ui.expects('step 4 of 4');
	await ui.expects('Press Enter');
	expect(ui.fake.carried).toEqual([]);
});

test('an unchanged view writes nothing', async () => {
	ui = open();
	await ui.expects('web');
	await ui.drawn();
	const before = ui.raw().length;
	for (let time = 0; time < 20; time++) ui.fake.show(connected);
	await ui.drawn();
	expect(ui.raw().length).toBe(before);
});

test('q gives the terminal back', async () => {
	ui = open();
	await ui.expects('web');
	expect(ui.isAlternate()).toBe(true);
	ui.press('quit');
	await ui.exited;
	await ui.screen();
	expect(ui.isAlternate()).toBe(false);
});

test('a copied plan goes out by OSC 52, and is printed once the terminal is given back', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('last', 'up', 'create');
	ui.enter(3);
	await ui.expects('step 4 of 4');
	ui.press('copy');
	await ui.expects('copied to the terminal clipboard');
	const osc = /\u001B\]52;c;([\w+/=]+)\u0007/.exec(ui.raw());
	expect(Buffer.from(osc![1]!, 'base64').toString()).toContain('snapshot-create-as');
	ui.key('ctrl-c');
	await ui.exited;
	expect(await ui.screen()).toContain('snapshot-create-as');
});

test('Ctrl-Z lends the terminal to the shell and takes it back', async () => {
	const seen: boolean[] = [];
	ui = open(undefined, undefined, undefined, () => seen.push(ui.isAlternate()));
	await ui.expects('web');
	ui.press('suspend');
	await expect.poll(() => seen.length).toBe(1);
	await ui.expects('web');
	expect(ui.isAlternate()).toBe(true);
	ui.press('down');
	await ui.expects(/❯ +12 db/);
});

test('Ctrl-O lends the terminal to an editor, and takes back what it made of the description', async () => {
	let stopped = 0;
	ui = open(undefined, undefined, undefined, () => stopped++);
	await ui.expects('web');
	const seen: [string, boolean][] = [];
	ui.editor.edit = async text => {
		await ui.screen();
		seen.push([text, ui.isAlternate()]);
		// As Ctrl-Z in the editor, which stops both.
		process.emit('SIGTSTP');
		process.emit('SIGCONT');
		return `${text}before the\nupgrade`;
	};
	ui.press('last', 'up', 'create');
	ui.enter();
	await ui.expects('Description: ▏');
	ui.type('Disks ');
	ui.press('editor');
	await ui.expects('Description: Disks before the␊upgrade▏');
	expect([seen, stopped]).toEqual([[['Disks ', false]], 1]);
	expect(ui.isAlternate()).toBe(true);
	ui.type('!');
	await ui.expects('upgrade!▏');
	expect(ui.state().screen).toMatchObject({intent: {description: 'Disks before the\nupgrade!'}});
});

test('an editor that fails is told, and the text stays', async () => {
	ui = open();
	await ui.expects('web');
	ui.editor.edit = () => Promise.reject(new RefusalError(refuse('no-editor', 'vim ended with status 1.', 'Again.')));
	ui.press('last', 'up', 'create');
	ui.enter();
	await ui.expects('Description:');
	ui.type('kept');
	ui.press('editor');
	await ui.expects('Not changed: vim ended with status 1. Again.');
	await ui.expects('Description: kept▏');
});

test('only a description has an editor', async () => {
	ui = open();
	await ui.expects('web');
	ui.press('last', 'up', 'create', 'editor');
	await ui.expects('Ctrl-O, edit a description in your own editor');
	await ui.expects('step 1 of 4');
});

test('stopped and continued by others, it takes the terminal back', async () => {
	ui = open();
	await ui.expects('web');
	const taken = () => ui.raw().split('\u001B[?1049h').length - 1;
	expect(taken()).toBe(1);
	// What SIGCONT does to the program.
	process.emit('SIGCONT');
	await expect.poll(taken).toBe(2);
	await ui.expects('web');
	expect(ui.isAlternate()).toBe(true);
	ui.press('down');
	await ui.expects(/❯ +12 db/);
});

test('a render that throws rejects, with the terminal given back', async () => {
	ui = open();
	await ui.expects('web');
	const stateless = {...fixtures[0]!, state: undefined as never};
	ui.fake.show({...connected, inventory: {...connected.inventory!, domains: [stateless]}});
	await expect(ui.exited).rejects.toThrow();
});
