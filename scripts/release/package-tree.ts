/** The files of a package, in a folder as they will lie in the system. */
import {chmod, copyFile, mkdir, readFile, writeFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {gzipSync} from 'node:zlib';
import {execa} from 'execa';
import {project} from '../bundle.ts';
import {thirdPartyLicenses} from './licenses.ts';

/** Where each shell of each family of systems looks for completions. */
const completions = {
	deb: {
		bash: 'usr/share/bash-completion/completions/virsnap',
		zsh: 'usr/share/zsh/vendor-completions/_virsnap',
		fish: 'usr/share/fish/vendor_completions.d/virsnap.fish',
	},
	rpm: {
		bash: 'usr/share/bash-completion/completions/virsnap',
		zsh: 'usr/share/zsh/site-functions/_virsnap',
		fish: 'usr/share/fish/vendor_completions.d/virsnap.fish',
	},
};

/** Writes what both kinds hold into `root`. The program built for npm (`npm run build`) writes man page and completions. */
export async function writeTree(root: string, kind: 'deb' | 'rpm', executable: string): Promise<void> {
	await put(root, 'usr/bin/virsnap', null);
	await copyFile(executable, path.join(root, 'usr/bin/virsnap'));
	await chmod(path.join(root, 'usr/bin/virsnap'), 0o755);

	const doc = 'usr/share/doc/virsnap';
	await put(root, `${doc}/changelog.gz`, gzip(await readFile(path.join(project, 'CHANGELOG.md'))));
	await put(root, `${doc}/methods.md`, await readFile(path.join(project, 'docs/methods.md')));
	await put(root, `${doc}/third-party-licenses.gz`, gzip(Buffer.from(await thirdPartyLicenses())));

	await put(root, 'usr/share/man/man1/virsnap.1.gz', gzip(await written('man')));
	for (const shell of ['bash', 'zsh', 'fish'] as const) {
		await put(root, completions[kind][shell], await written('completion', shell));
	}
}

/** Writes a file of a package, with the folders above it; null writes the folders alone. */
export async function put(root: string, file: string, content: string | Buffer | null): Promise<void> {
	const target = path.join(root, file);
	await mkdir(path.dirname(target), {recursive: true, mode: 0o755});
	if (content === null) return;
	await writeFile(target, content);
	await chmod(target, 0o644);
}

/** The same bytes each time: no name and no time inside. */
export function gzip(content: Buffer): Buffer {
	return gzipSync(content, {level: 9});
}

/** What the program prints for these words. */
async function written(...words: string[]): Promise<Buffer> {
	const {stdout} = await execa(process.execPath, [path.join(project, 'cli.js'), ...words], {
		encoding: 'buffer',
		stripFinalNewline: false,
	});
	return Buffer.from(stdout);
}
