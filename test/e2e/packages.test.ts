/** What the .deb and the .rpm hold and ask for. The executable is a stand-in: `npm run test:packages` tries the real one. */
import {mkdtemp, readdir, rm} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {makeDeb} from '../../scripts/release/deb.ts';
import {makeRpm} from '../../scripts/release/rpm.ts';

let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(path.join(os.tmpdir(), 'virsnap-packages-'));
});
afterAll(() => rm(folder, {recursive: true, force: true}));

const options = () => ({
	version: '1.2.3-beta.1',
	architecture: 'x64' as const,
	executable: '/bin/true',
	folder,
	date: new Date('2026-11-05T12:00:00Z'),
});

/** Whether a program that makes or reads packages is here. */
const has = async (program: string) => (await execa(program, ['--version'], {reject: false})).exitCode === 0;

const lines = async (program: string, ...words: string[]) => (await execa(program, words)).stdout.split('\n');

const everywhere = [
	'/usr/bin/virsnap',
	'/usr/share/bash-completion/completions/virsnap',
	'/usr/share/doc/virsnap/changelog.gz',
	'/usr/share/doc/virsnap/methods.md',
	'/usr/share/doc/virsnap/third-party-licenses.gz',
	'/usr/share/fish/vendor_completions.d/virsnap.fish',
	'/usr/share/man/man1/virsnap.1.gz',
];

describe.skipIf(!(await has('dpkg-deb')))('the .deb', () => {
	let file: string;
	beforeAll(async () => {
		file = await makeDeb(options());
	});

	test('holds program, manual page, completions, documents and copyright, all of root', async () => {
		expect(path.basename(file)).toBe('virsnap_1.2.3~beta.1-1_amd64.deb');
		const inside = (await lines('dpkg-deb', '--contents', file)).map(line => line.split(/\s+/));
		expect([...new Set(inside.map(([, owner]) => owner))]).toEqual(['root/root']);
		expect(inside.filter(([mode]) => /^-..x|^..{4}w|^.{8}w/.test(mode!)).map(line => line.at(-1))).toEqual([
			'./usr/bin/virsnap',
		]);
		const files = inside.filter(([mode]) => mode!.startsWith('-')).map(line => line.at(-1)!.slice(1));
		expect(files.sort()).toEqual(
			[
				...everywhere,
				'/usr/share/doc/virsnap/changelog.Debian.gz',
				'/usr/share/doc/virsnap/copyright',
				'/usr/share/lintian/overrides/virsnap',
				'/usr/share/zsh/vendor-completions/_virsnap',
			].sort(),
		);
	});

	test('asks for what the program runs; a pre-release comes before its release', async () => {
		expect(await lines('dpkg-deb', '--field', file)).toEqual(
			expect.arrayContaining([
				'Version: 1.2.3~beta.1-1',
				expect.stringMatching(/^Depends: .*\blibvirt-clients\b.*\bqemu-utils\b/),
				'Recommends: libvirt-daemon-system',
			]),
		);
		await execa('dpkg', ['--compare-versions', '1.2.3~beta.1-1', 'lt', '1.2.3-1']);
	});
});

describe.skipIf(!(await has('rpmbuild')))('the .rpm', () => {
	test('holds the same, and asks for what the program runs', async () => {
		const file = await makeRpm(options());
		expect(await readdir(folder)).toContain('virsnap-1.2.3~beta.1-1.x86_64.rpm');
		expect((await lines('rpm', '-qlp', file)).sort()).toEqual(
			[
				...everywhere,
				// The folders too, or else they would stay when it is removed.
				'/usr/share/doc/virsnap',
				'/usr/share/licenses/virsnap',
				'/usr/share/licenses/virsnap/LICENSE',
				'/usr/share/zsh/site-functions/_virsnap',
			].sort(),
		);
		expect(await lines('rpm', '-qp', '--requires', file)).toEqual(
			expect.arrayContaining(['libvirt-client >= 7.0', 'qemu-img']),
		);
		expect(await lines('rpm', '-qp', '--changelog', file)).toContain(
			'* Thu Nov 05 2026 virsnap contributors <virsnap@localhost> - 1.2.3~beta.1-1',
		);
	});
});
