/** What the program is made of, as CycloneDX, from npm's own list: the packages in the bundle and Node, not what builds and tests it. */
import {execa} from 'execa';
import {project} from '../bundle.ts';
import {bundledParts, nodePart} from './licenses.ts';

type Component = {name: string; version: string; scope?: string; properties?: unknown; dependsOn?: unknown};
type Sbom = {metadata: {component: Component}; components: Component[]; dependencies: Dependency[]};
type Dependency = {ref: string; dependsOn?: string[]};

/** The SBOM as JSON text. */
export async function sbom(version: string): Promise<string> {
	const {stdout} = await execa('npm', ['sbom', '--sbom-format=cyclonedx', '--package-lock-only'], {cwd: project});
	const all = JSON.parse(stdout) as Sbom;
	const parts = [...(await bundledParts()), await nodePart()];
	const inside = new Set(parts.map(({name, version}) => `${name}@${version}`));
	const own = `virsnap@${version}`;
	const components = all.components
		.filter(({name, version}) => inside.has(`${name}@${version}`))
		.map(({properties: _, ...component}) => ({...component, scope: 'required'}));
	const missing = [...inside].filter(part => !components.some(({name, version}) => part === `${name}@${version}`));
	if (missing.length > 0) throw new Error(`npm sbom does not list ${missing.join(', ')}`);
	// npm calls the project by the name of its folder.
	const component = {...all.metadata.component, name: 'virsnap', type: 'application'};
	const dependencies = all.dependencies
		.filter(({ref}) => ref === own || inside.has(ref))
		.map(({ref, dependsOn = []}) => ({ref, dependsOn: dependsOn.filter(part => inside.has(part))}));
	return `${JSON.stringify({...all, metadata: {...all.metadata, component}, components, dependencies}, null, 2)}\n`;
}
