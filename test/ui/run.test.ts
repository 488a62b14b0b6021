import {afterEach, expect, test} from 'vitest';
import {domains as fixtures} from './facts.ts';
import {connected} from './fake-hypervisor.ts';
import {type Opened, open} from './open.ts';

const dbUuid = fixtures.find(({name}) => name === 'db')!.uuid;

let t: Opened;
afterEach(() => {
	t.ui.instance.unmount();
});

test('many keys in one read all act, in their order', async () => {
	t = open();
	await t.waitFor('web');
	t.write('jjkl\u001B[Agt?');
	await t.waitFor('Keys');
	const {tree, focus, domains} = t.ui.store.state();
	expect({tree, focus, domain: domains.cursor.key}).toEqual({tree: true, focus: 'snapshots', domain: dbUuid});
});

test('hurried keys in the method menu choose what the cursor stands on', async () => {
	t = open();
	await t.waitFor('web');
	t.write('Gkc\u0015x1\r\r');
	await t.waitFor('step 3 of 4');
	t.write('\u001B[B\r');
	await t.waitFor('step 4 of 4');
	const {screen} = t.ui.store.state();
	expect(screen).toMatchObject({intent: {tag: 'x1', method: 'libvirt-internal'}});
});

test('a paste never acts as keys', async () => {
	t = open();
	await t.waitFor('web');
	t.write('\u001B[200~jjcq\r\r\u001B[201~k');
	t.write('?');
	await t.waitFor('Keys');
	expect(t.ui.store.state().domains.cursor.top).toBe(0);
	expect(t.ui.store.state().screen).toMatchObject({name: 'help', under: {name: 'lists'}});
});

test('in a text field a paste is one line of text', async () => {
	t = open();
	await t.waitFor('web');
	t.write('c');
	await t.waitFor('step 1 of 4');
	t.write('\u0015\u001B[200~my\u001B[31m\r\ntag\u001B[201~');
	await t.waitFor('Tag: my [31m tag▏');
});

test('a burst of Enter from the lists ends at the review', async () => {
	t = open();
	await t.waitFor('web');
	t.write('Gkc');
	await t.waitFor('step 1 of 4');
	t.write('\r'.repeat(12));
	await t.waitFor('step 4 of 4');
	await t.waitFor('Press Enter');
	expect(t.fake.carried).toEqual([]);
});

test('an unchanged view writes nothing', async () => {
	t = open();
	await t.waitFor('web');
	await t.ui.instance.waitUntilRenderFlush();
	const before = t.raw().length;
	for (let time = 0; time < 20; time++) t.fake.show(connected);
	await t.ui.instance.waitUntilRenderFlush();
	expect(t.raw().length).toBe(before);
});

test('q gives the terminal back', async () => {
	t = open();
	await t.waitFor('web');
	expect(t.isAlternate()).toBe(true);
	t.write('q');
	await t.ui.exited;
	await t.screen();
	expect(t.isAlternate()).toBe(false);
});

test('a copied plan goes out by OSC 52, and is printed once the terminal is given back', async () => {
	t = open();
	await t.waitFor('web');
	t.write('Gkc\r\r\r');
	await t.waitFor('step 4 of 4');
	t.write('y');
	await t.waitFor('copied to the terminal clipboard');
	const osc = /\u001B\]52;c;([\w+/=]+)\u0007/.exec(t.raw());
	expect(Buffer.from(osc![1]!, 'base64').toString()).toContain('snapshot-create-as');
	t.write('\u0003');
	await t.ui.exited;
	expect(await t.screen()).toContain('snapshot-create-as');
});

test('Ctrl-Z lends the terminal to the shell and takes it back', async () => {
	const seen: boolean[] = [];
	t = open(undefined, undefined, undefined, () => seen.push(t.isAlternate()));
	await t.waitFor('web');
	t.write('\u001A');
	await expect.poll(() => seen.length).toBe(1);
	await t.waitFor('web');
	expect(t.isAlternate()).toBe(true);
	t.write('j');
	await t.waitFor(/❯ +12 db/);
});

test('a render that throws rejects, with the terminal given back', async () => {
	t = open();
	await t.waitFor('web');
	const stateless = {...fixtures[0]!, state: undefined as never};
	t.fake.show({...connected, inventory: {...connected.inventory!, domains: [stateless]}});
	await expect(t.ui.exited).rejects.toThrow();
});
