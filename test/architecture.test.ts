/** Who may know whom: the layers of docs/architecture.md, held against every import in source/. */
import {readdirSync, readFileSync} from 'node:fs';
import {builtinModules} from 'node:module';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {describe, expect, test} from 'vitest';

const source = fileURLToPath(new URL('../source/', import.meta.url));

type File = {readonly name: string; readonly layer: string; readonly code: string; readonly imports: readonly string[]};

const files = readdirSync(source, {recursive: true, encoding: 'utf8'})
	.filter(name => /\.tsx?$/.test(name))
	.sort()
	.map(readSource);

function readSource(name: string): File {
	const code = withoutComments(readFileSync(path.join(source, name), 'utf8'));
	const specifiers = [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'([^']+)'/g)].map(match => match[1]!);
	const imports = specifiers.map(specifier =>
		specifier.startsWith('.') ? path.join(path.dirname(name), specifier) : specifier,
	);
	return {name, layer: layerOf(name), code, imports};
}

function withoutComments(code: string): string {
	return code.replace(/^\s*(?:\/\*[\s\S]*?\*\/|\/\/.*)/gm, '');
}

/** `core/plan.ts` is of the layer `core`; a file of source/ itself is its own layer. */
function layerOf(name: string): string {
	return name.includes(path.sep) ? name.slice(0, name.indexOf(path.sep)) : name;
}

function isBuiltin(specifier: string): boolean {
	return specifier.startsWith('node:') || builtinModules.includes(specifier);
}

/** Every import of a layer that is neither its own nor allowed, as "file → import". */
function strangers(layer: string, allowed: (specifier: string, file: File) => boolean): string[] {
	return files
		.filter(file => file.layer === layer)
		.flatMap(file => file.imports.map(specifier => ({file, specifier})))
		.filter(({file, specifier}) => layerOf(specifier) !== layer && !allowed(specifier, file))
		.map(({file, specifier}) => `${file.name} → ${specifier}`);
}

/** A specifier of source/ itself, as opposed to a package or a module of Node. */
function isOurs(specifier: string): boolean {
	return files.some(file => file.name === specifier);
}

/** Files that import each other, round about; every circle once, as far as a walk in depth meets it. */
function circles(among: readonly File[]): string[] {
	const byName = new Map(among.map(file => [file.name, file]));
	const done = new Set<string>();
	const found: string[] = [];
	function walk(name: string, way: readonly string[]): void {
		if (way.includes(name)) found.push([...way.slice(way.indexOf(name)), name].join(' → '));
		if (done.has(name) || way.includes(name)) return;
		for (const next of byName.get(name)?.imports ?? []) if (byName.has(next)) walk(next, [...way, name]);
		done.add(name);
	}

	for (const {name} of among) walk(name, []);
	return found;
}

const layers = [...new Set(files.map(file => file.layer))];
const packageOnly = (specifier: string) => !isOurs(specifier) && !isBuiltin(specifier);
const near =
	(...known: string[]) =>
	(specifier: string) =>
		!isOurs(specifier) || known.includes(layerOf(specifier));

describe('layers', () => {
	test('there is something to look at', () => {
		expect(layers).toEqual(expect.arrayContaining(['cli.tsx', 'commands', 'core', 'libvirt']));
		expect(files.flatMap(file => file.imports).length).toBeGreaterThan(50);
	});

	test('core imports nothing but itself: no I/O, no React', () => {
		const xml = (specifier: string, file: File) =>
			specifier === 'fast-xml-parser' && file.name === path.join('core', 'domain-xml', 'tree.ts');
		// What a step does is checked where it is read from a file; valibot does nothing but that.
		const schema = (specifier: string, file: File) =>
			specifier === 'valibot' && file.name.startsWith(path.join('core', 'steps', ''));
		expect(strangers('core', (specifier, file) => xml(specifier, file) || schema(specifier, file))).toEqual([]);
	});

	test('no circle in core, types included', () => {
		expect(circles(files.filter(({layer}) => layer === 'core'))).toEqual([]);
	});

	test('ui knows core and packages; its adapters come from cli.tsx', () => {
		const nodeForUi = (specifier: string) =>
			/^node:(?:process|stream|tty|events|timers|child_process|fs|path|os|util)/.test(specifier);
		expect(
			strangers('ui', specifier => layerOf(specifier) === 'core' || packageOnly(specifier) || nodeForUi(specifier)),
		).toEqual([]);
	});

	test('libvirt and qemu know core', () => {
		expect(strangers('libvirt', near('core'))).toEqual([]);
		expect(strangers('qemu', near('core', 'libvirt'))).toEqual([]);
	});

	test('execute and inventory know core and the adapters below, and nobody above', () => {
		expect(strangers('execute', near('core', 'libvirt', 'qemu', 'inventory'))).toEqual([]);
		expect(strangers('inventory', near('core', 'libvirt', 'qemu', 'execute'))).toEqual([]);
	});

	test('commands know core and how commands of libvirt fail; all else is handed in', () => {
		const failures = [path.join('libvirt', 'errors.ts'), path.join('libvirt', 'remedies.ts')];
		expect(strangers('commands', specifier => near('core')(specifier) || failures.includes(specifier))).toEqual([]);
	});

	test('the lab stands alone', () => {
		expect(strangers('lab', near())).toEqual([]);
	});

	test('nobody imports cli.tsx', () => {
		expect(files.filter(file => file.imports.includes('cli.tsx')).map(file => file.name)).toEqual([]);
	});
});

describe('habits', () => {
	// What a step does stands in `does`; its words are for people and for who runs them.
	test('only core/steps reads the words of a step to learn what it does', () => {
		const reading =
			/\bargv(?:\)|\}|\]|\?|!)*(?:\[\d|\.(?:includes|indexOf|find|some|every|at|slice|startsWith|filter)\b)/;
		const excepted = [
			// Words of this program's own command line, and of processes that are started or looked for.
			'cli.tsx',
			path.join('commands', 'main.ts'),
			path.join('execute', 'runner.ts'),
			path.join('execute', 'receipts', 'process-mark.ts'),
			path.join('execute', 'steps', 'run-command.ts'),
		];
		const readers = files.filter(
			({name, layer, code}) =>
				!['libvirt', 'qemu', 'lab'].includes(layer) &&
				(reading.test(code) || /const \[[^\]]*\] = (?:\w+\.)*argv\b/.test(code)) &&
				!name.startsWith(path.join('core', 'steps', '')) &&
				!excepted.includes(name),
		);
		expect(readers.map(file => file.name)).toEqual([]);
	});

	// The lab is a world of its own: it passes the environment on to a daemon and owns it by process id. The others each need
	// one thing: the user it runs as, an environment to hand on, a process id in a file's name, a process to stop on Ctrl-Z.
	test('only cli.tsx and the lab touch the process', () => {
		const excepted = [
			path.join('execute', 'receipts', 'store.ts'),
			path.join('execute', 'runner.ts'),
			path.join('inventory', 'facts.ts'),
			path.join('hypervisor', 'hypervisor.ts'),
			path.join('ui', 'run.tsx'),
		];
		const touching = files.filter(({name, layer, code, imports}) => {
			const asks = imports.includes('node:process') || /(?<![\w.$'"-])process\.\w/.test(code);
			return asks && layer !== 'cli.tsx' && layer !== 'lab' && !excepted.includes(name);
		});
		expect(touching.map(file => file.name)).toEqual([]);
	});

	test('no file is named utils, helpers or index', () => {
		const vague = files.filter(file => /^(?:utils?|helpers?|common|misc|index)\./.test(path.basename(file.name)));
		expect(vague.map(file => file.name)).toEqual([]);
	});

	test('no file only passes on what others export', () => {
		const barrels = files.filter(
			({code}) =>
				/^export (?:type )?(?:\*|\{[^}]*\}) from/m.test(code) &&
				!/^(?:export )?(?:async )?(?:function|const|class|type)\b/m.test(code),
		);
		expect(barrels.map(file => file.name)).toEqual([]);
	});
});
