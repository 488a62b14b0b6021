/** The .deb, by Debian's own dpkg-deb. */
import {createHash} from 'node:crypto';
import {glob, mkdtemp, readFile, rename, rm, stat} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {project} from '../bundle.ts';
import {architectureNames, description, packageVersion} from './package-description.ts';
import {gzip, put, writeTree} from './package-tree.ts';
import type {PackageOptions} from './packages.ts';

/** Tags that stay, each with the reason that the package gives for it. */
const overrides = `# The executable is Node with this program in it: that it needs nothing else of the system is what it is for.
virsnap: embedded-library *
# Node's project builds its program so.
virsnap: hardening-no-pie *
virsnap: hardening-no-fortify-functions *
# It is no part of Debian, whose archive has no bug about it.
virsnap: initial-upload-closes-no-bugs *
# The project has no address for mail yet.
virsnap: bogus-mail-host *
virsnap: bogus-mail-host-in-debian-changelog *
`;

/** Makes the .deb in `folder`; returns the file. */
export async function makeDeb({version, architecture, executable, folder, date}: PackageOptions): Promise<string> {
	const root = await mkdtemp(path.join(os.tmpdir(), 'virsnap-deb-'));
	try {
		const debVersion = `${packageVersion(version)}-1`;
		const arch = architectureNames[architecture].deb;
		await writeTree(root, 'deb', executable);
		const doc = 'usr/share/doc/virsnap';
		await put(root, `${doc}/changelog.Debian.gz`, gzip(Buffer.from(changelog(debVersion, date))));
		await put(root, `${doc}/copyright`, await copyright());
		await put(root, 'usr/share/lintian/overrides/virsnap', overrides);
		await put(root, 'DEBIAN/md5sums', await checksums(root));
		await put(root, 'DEBIAN/control', control(debVersion, arch, await kibibytes(root)));

		const file = path.join(folder, `virsnap_${debVersion}_${arch}.deb`);
		const env = {SOURCE_DATE_EPOCH: String(date.getTime() / 1000)};
		// mkdtemp makes a folder for its owner alone, which would be the mode of / in the package.
		await execa('chmod', ['-R', 'u=rwX,go=rX', root]);
		// Debian's archives take no zstd; xz at its slowest makes it 5 % smaller in four times the time.
		await execa('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', root, `${file}.new`], {env});
		await rename(`${file}.new`, file);
		return file;
	} finally {
		await rm(root, {recursive: true, force: true});
	}
}

function control(version: string, architecture: string, size: number): string {
	const {name, maintainer, summary, text, deb, libraries} = description;
	return `Package: ${name}
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${size}
Depends: ${[...deb.depends, ...libraries].join(', ')}
Recommends: ${deb.recommends.join(', ')}
Suggests: ${deb.suggests.join(', ')}
Section: admin
Priority: optional
Description: ${summary}
${text.map(paragraph => wrapped(paragraph, ' ')).join('\n .\n')}
`;
}

function changelog(version: string, date: Date): string {
	return `virsnap (${version}) unstable; urgency=medium

  * What is new: changelog.gz in this folder.

 -- ${description.maintainer}  ${date.toUTCString().replace('GMT', '+0000')}
`;
}

async function copyright(): Promise<string> {
	const license = await readFile(path.join(project, 'LICENSE'), 'utf8');
	return `${license}
The executable contains Node and the packages that virsnap uses, each on terms of its own:
/usr/share/doc/virsnap/third-party-licenses.gz
`;
}

async function checksums(root: string): Promise<string> {
	const lines: string[] = [];
	for await (const file of files(root)) {
		const sum = createHash('md5').update(await readFile(path.join(root, file)));
		lines.push(`${sum.digest('hex')}  ${file}\n`);
	}
	return lines.sort().join('');
}

async function kibibytes(root: string): Promise<number> {
	let size = 0;
	for await (const file of files(root)) size += Math.ceil((await stat(path.join(root, file))).size / 1024);
	return size;
}

async function* files(root: string): AsyncGenerator<string> {
	for await (const entry of glob('usr/**', {cwd: root, withFileTypes: true})) {
		if (entry.isFile()) yield path.relative(root, path.join(entry.parentPath, entry.name));
	}
}

/** Lines of at most 78 columns, each behind `indent`. */
export function wrapped(paragraph: string, indent: string): string {
	return paragraph.replaceAll(/(.{1,76})(?:\s+|$)/g, `${indent}$1\n`).trimEnd();
}
