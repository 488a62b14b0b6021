/** Names of images in QEMU's syntax, held against a real qemu-img wherever it takes them. */
import {mkdtemp, rm, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {filesIn, hasProtocol, plainName} from '../../source/qemu/files/names.ts';
import {readChain} from '../../source/qemu/qemu-img.ts';

let folder: string;
const at = (name: string) => path.join(folder, name);

beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-names-'));
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', at('base.qcow2'), '16M']);
	await execa('qemu-img', ['create', '-q', '-f', 'raw', at('base.raw'), '16M']);
});

afterAll(() => rm(folder, {recursive: true}));

const protocol = (file: string) => ({driver: 'file', filename: at(file)});
const dotted = () => ({driver: 'qcow2', 'file.driver': 'file', 'file.filename': at('base.qcow2')});

test.each<[string, () => object | string, string, boolean]>([
	['a path', () => at('base.qcow2'), 'base.qcow2', true],
	['a protocol', () => `file:${at('base.qcow2')}`, 'base.qcow2', true],
	['objects', () => ({driver: 'qcow2', file: protocol('base.qcow2')}), 'base.qcow2', true],
	['no format', () => ({file: protocol('base.qcow2')}), 'base.qcow2', true],
	['dotted keys', dotted, 'base.qcow2', true],
	['no driver', () => ({'file.filename': at('base.qcow2')}), 'base.qcow2', true],
	['raw over a file', () => ({driver: 'raw', file: protocol('base.raw')}), 'base.raw', true],
	[
		'qcow2 over raw over a file',
		() => ({driver: 'qcow2', file: {driver: 'raw', file: protocol('base.qcow2')}}),
		'base.qcow2',
		true,
	],
	[
		'both at once',
		() => ({driver: 'qcow2', file: {driver: 'raw', 'file.driver': 'raw', 'file.file.filename': at('base.qcow2')}}),
		'base.qcow2',
		true,
	],
	['who caches and locks', () => ({...dotted(), 'file.locking': 'off', 'cache.direct': false}), 'base.qcow2', true],
	[
		'a part of a file',
		() => ({driver: 'raw', offset: 512, size: 1024 ** 2, file: protocol('base.raw')}),
		'base.raw',
		false,
	],
	[
		'a filter',
		() => ({driver: 'qcow2', file: {driver: 'blkdebug', image: protocol('base.qcow2')}}),
		'base.qcow2',
		false,
	],
	['a filter by its prefix', () => `blkdebug::${at('base.qcow2')}`, 'base.qcow2', false],
])('%s: the base is found under it', async (what, name, file, plain) => {
	const given = name();
	const backing = typeof given === 'string' ? given : `json:${JSON.stringify(given)}`;
	const overlay = at(`${what.replaceAll(' ', '-')}.qcow2`);
	const format = path.extname(file).slice(1);
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', backing, '-F', format, overlay]);
	const {dev, ino} = await stat(at(file), {bigint: true});
	const chain = await readChain(overlay, 'qcow2');
	expect(chain).toMatchObject({failure: null, files: [overlay, at(file)]});
	expect(chain.images[1]).toMatchObject({format, fileIds: [`${dev}:${ino}`]});
	expect(chain.images[1]!.file === at(file)).toBe(plain);
	expect(filesIn(backing)).toEqual([at(file)]);
	expect(plainName(backing) === at(file)).toBe(plain);
});

test('layer by layer too, where the chain is broken below', async () => {
	const [lost, middle, top] = [at('lost.raw'), at('middle.qcow2'), at('top.qcow2')];
	await execa('qemu-img', ['create', '-q', '-f', 'raw', lost, '16M']);
	const over = (file: string, driver: string) =>
		`json:${JSON.stringify({driver, file: {driver: 'file', filename: file}})}`;
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', over(lost, 'raw'), '-F', 'raw', middle]);
	await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-b', over(middle, 'qcow2'), '-F', 'qcow2', top]);
	await rm(lost);
	const chain = await readChain(top, 'qcow2');
	expect(chain.images.map(({file}) => file)).toEqual([top, middle]);
	expect(chain.files).toEqual([top, middle, lost]);
	expect(chain.failure).toContain(lost);
});

test.each<[string, string[]]>([
	['nbd+unix:///name?socket=/run/x', []],
	['json:{"driver":"nbd","server":{"type":"inet","host":"h","port":"1"}}', []],
	['json:{"driver":"quorum","children":[{"file.filename":"/1"},{"file":{"filename":"/2"}}]}', ['/1', '/2']],
	['json:{"driver":"qcow2","file.filename":"/top","backing":{"file.filename":"/below"}}', ['/top']],
	['json:{"driver":"qcow2","file.filename":"in-root"}', ['/in-root']],
	['json:{"filename":', []],
	['json:7', []],
	['blkverify:/plain:/checked', ['/plain', '/checked']],
	['/odd:name', ['/odd:name']],
])('%s is in %j', (name, files) => {
	expect(filesIn(name)).toEqual(files);
	expect(hasProtocol(name)).toBe(!name.startsWith('/'));
});
