/** `virsnap demo`, and what is left of it: nothing. */
import {access, mkdtemp, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {virsnap} from './program.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-test-'));
});
afterAll(() => rm(folder, {recursive: true}));

test('starts real machines, lists them where there is no terminal, and takes everything away', async () => {
	const {status, stdout, stderr} = await virsnap({uri: 'test:///unused', folder}, 'demo', '--json');
	expect(status).toBe(0);
	expect(stderr).toMatch(/^Starting a private libvirt/);
	expect(stderr).toMatch(/The demo is over: its machines, images and libvirt were removed\.\n$/);
	const {domains} = JSON.parse(stdout) as {domains: {name: string; state: string; disks: {source: string}[]}[]};
	const running = domains.find(domain => domain.name === 'DBHost');
	expect(running?.state).toBe('running');
	await expect(access(running?.disks[0]?.source ?? '')).rejects.toThrow('ENOENT');
}, 180_000);

test('--hosts starts several, each behind a real ssh, and takes them all away', async () => {
	const {status, stdout} = await virsnap({uri: 'test:///unused', folder}, 'demo', '--hosts', '2', '--json');
	expect(status).toBe(0);
	const {hosts} = JSON.parse(stdout) as {hosts: {name: string; domains: {disks: {source: string}[]}[]}[]};
	expect(hosts.map(({name}) => name)).toEqual(['h1', 'h2']);
	const disks = hosts.flatMap(({domains}) => domains).flatMap(one => one.disks.map(disk => disk.source));
	expect(disks.length).toBeGreaterThan(2);
	for (const disk of disks) await expect(access(disk)).rejects.toThrow('ENOENT');
}, 180_000);
