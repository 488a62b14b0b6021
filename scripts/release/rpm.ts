/** The .rpm, by rpmbuild (in Debian: the package rpm). */
import {mkdtemp, readdir, readFile, rename, rm, writeFile} from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {execa} from 'execa';
import {project} from '../bundle.ts';
import {wrapped} from './deb.ts';
import {architectureNames, description, packageVersion} from './package-description.ts';
import {put, writeTree} from './package-tree.ts';
import type {PackageOptions} from './packages.ts';

/** Makes the .rpm in `folder`; returns the file. */
export async function makeRpm({version, architecture, executable, folder, date}: PackageOptions): Promise<string> {
	const top = await mkdtemp(path.join(os.tmpdir(), 'virsnap-rpm-'));
	try {
		const tree = path.join(top, 'tree');
		await writeTree(tree, 'rpm', executable);
		await put(tree, 'usr/share/licenses/virsnap/LICENSE', await readFile(path.join(project, 'LICENSE')));
		const spec = path.join(top, 'virsnap.spec');
		await writeFile(spec, specification(packageVersion(version), tree, date));
		const arch = architectureNames[architecture].rpm;
		const env = {SOURCE_DATE_EPOCH: String(date.getTime() / 1000)};
		await execa('rpmbuild', ['-bb', '--target', `${arch}-linux`, '--define', `_topdir ${top}`, spec], {env});
		const made = path.join(top, 'RPMS', arch);
		const [name] = await readdir(made);
		if (name === undefined) throw new Error('rpmbuild made no package');
		const file = path.join(folder, name);
		await execa('cp', [path.join(made, name), `${file}.new`]);
		await rename(`${file}.new`, file);
		return file;
	} finally {
		await rm(top, {recursive: true, force: true});
	}
}

/** Stripping again and build ids would break the executable, whose program is a section that no tool knows. */
function specification(version: string, tree: string, date: Date): string {
	const {name, summary, license, text, rpm, maintainer} = description;
	const lines = (tag: string, values: readonly string[]) => values.map(value => `${tag}: ${value}\n`).join('');
	return `%global debug_package %{nil}
%global __os_install_post %{nil}
%global _build_id_links none
%global _binary_payload w9.zstdio
%global use_source_date_epoch_as_buildtime 1
%global clamp_mtime_to_source_date_epoch 1
%global _buildhost localhost

Name: ${name}
Version: ${version}
Release: 1
Summary: ${summary[0]?.toUpperCase()}${summary.slice(1)}
License: ${license}
Packager: ${maintainer}
${lines('Requires', rpm.requires)}${lines('Recommends', rpm.recommends)}${lines('Suggests', rpm.suggests)}
%description
${text.map(paragraph => wrapped(paragraph, '')).join('\n\n')}

%install
mkdir -p %{buildroot}
cp -a ${tree}/. %{buildroot}/
find %{buildroot} -type f -o -type l | sed 's|^%{buildroot}|"|; s|$|"|' >%{_topdir}/files
# Folders that no other package has: rpm removes those alone that belong to the package.
find %{buildroot} -type d -name ${name} | sed 's|^%{buildroot}|%%dir "|; s|$|"|' >>%{_topdir}/files

%files -f %{_topdir}/files
%defattr(-,root,root,-)

%changelog
* ${changelogDay(date)} ${maintainer} - ${version}-1
- What is new: /usr/share/doc/virsnap/changelog.gz
`;
}

/** "Thu Nov 26 2026", as rpm wants it. */
function changelogDay(date: Date): string {
	const [weekday, day, month, year] = date.toUTCString().split(/[ ,]+/);
	return `${weekday} ${month} ${day} ${year}`;
}
