/** Who may know whom: the laws of docs/architecture.md, held against every import in source/, types included. */
import {readdirSync, readFileSync} from 'node:fs';
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

/** `core/model/plan.ts` is of the layer `core`; a file of source/ itself is its own layer. */
function layerOf(name: string): string {
	return name.includes(path.sep) ? name.slice(0, name.indexOf(path.sep)) : name;
}

/** A specifier of source/ itself, as opposed to a package or a module of Node. */
const isOurs = (specifier: string): boolean => files.some(file => file.name === specifier);

/** The layers, and whom each may know beside itself. `cli.tsx` joins them: it hands the adapters to `ui` and `commands`. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
	core: [],
	programs: ['core'],
	configuration: ['core'],
	libvirt: ['core', 'programs'],
	qemu: ['core', 'programs'],
	inventory: ['core', 'programs', 'libvirt', 'qemu'],
	execute: ['core', 'programs', 'libvirt', 'qemu'],
	hypervisor: ['inventory', 'execute', 'core', 'programs', 'libvirt', 'qemu'],
	commands: ['core'],
	ui: ['core'],
	lab: [],
	'cli.tsx': [
		'core',
		'programs',
		'configuration',
		'libvirt',
		'qemu',
		'inventory',
		'execute',
		'hypervisor',
		'commands',
		'ui',
		'lab',
	],
};

/** Inside `ui`: the ground, the areas of the screen, and what joins them. */
const GROUND = ['terminal', 'state'];
const AREAS: Readonly<Record<string, readonly string[]>> = {
	terminal: [],
	state: ['terminal'],
	lists: GROUND,
	operations: GROUND,
	inside: GROUND,
	dialog: [...GROUND, 'operations'],
	keys: [...GROUND, 'operations', 'dialog', 'lists', 'inside'],
	reading: [...GROUND, 'operations', 'dialog', 'inside', 'keys'],
	frame: [...GROUND, 'operations', 'keys'],
};
const JOINING = ['run.tsx', 'app.tsx', 'store.ts', 'reduce.ts', 'effects.ts'];

/** Files and folders that a room may hold. */
const ROOM = 14;

/**
 * What the laws do not hold for yet, and why. This list may only shrink: an exception that is not needed any more fails. An arrow
 * goes from a file to a room.
 */
const EXCEPTIONS = {
	arrows: {
		'commands/doctor/checks.ts → libvirt': 'says how to start the libvirt that it names',
		'commands/doctor/facts.ts → libvirt': 'tells a failed virsh from other errors',
		'commands/main.ts → libvirt': 'tells a failed virsh from other errors',
		'inventory/facts.ts → execute': 'asks for files as the executor does',
	} as Readonly<Record<string, string>>,
	/** Without them there is no circle. */
	circles: {
		'lab/lab.ts → lab/recipes': 'recipes are given the lab that starts them',
	} as Readonly<Record<string, string>>,
};

type Arrow = {readonly from: string; readonly to: string};

const arrows: readonly Arrow[] = files.flatMap(({name, imports}) =>
	imports.filter(isOurs).map(to => ({from: name, to})),
);

const draw = ({from, to}: Arrow): string => `${from} → ${to}`;

const isExcepted = ({from, to}: Arrow, exceptions: Readonly<Record<string, string>>): boolean =>
	Object.keys(exceptions).includes(`${from} → ${path.dirname(to)}`) ||
	Object.keys(exceptions).includes(`${from} → ${layerOf(to)}`);

/** Arrows against the table of layers. */
const strangers = arrows.filter(
	({from, to}) => layerOf(from) !== layerOf(to) && !LAYERS[layerOf(from)]?.includes(layerOf(to)),
);

/** The files that lead back to themselves, circle by circle. */
function circles(without: (arrow: Arrow) => boolean): readonly (readonly string[])[] {
	const left = arrows.filter(arrow => !without(arrow));
	const next = new Map(files.map(({name}) => [name, left.filter(({from}) => from === name).map(({to}) => to)]));
	const reached = new Map(files.map(({name}) => [name, reachedFrom(name, next)]));
	const found = files.filter(({name}) => reached.get(name)!.has(name)).map(({name}) => name);
	const together = Map.groupBy(found, name => found.find(other => isMutual(name, other, reached)));
	return [...together.values()];
}

function reachedFrom(name: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
	const seen = new Set<string>();
	const open = [...next.get(name)!];
	for (let one = open.pop(); one !== undefined; one = open.pop()) {
		if (seen.has(one)) continue;
		seen.add(one);
		open.push(...next.get(one)!);
	}
	return seen;
}

const isMutual = (one: string, other: string, reached: ReadonlyMap<string, ReadonlySet<string>>): boolean =>
	reached.get(one)!.has(other) && reached.get(other)!.has(one);

/** What a file exports, as it is declared there; a list in braces counts as well. */
function exportsOf(code: string): readonly string[] {
	const declared = code.matchAll(
		/^export (?:async |abstract |declare )*(?:function\*?|const|let|class|type|interface|enum) (\w+)/gm,
	);
	const listed = code.matchAll(/^export (?:type )?\{([^}]*)\}/gm);
	const names = [...listed].flatMap(([, list]) => [...list!.matchAll(/(\w+)\s*(?:,|$)/g)]);
	return [...declared, ...names].map(([, name]) => name!);
}

/** Rooms with more in them than one can take in at a glance. */
function crowded(): readonly (readonly [string, number])[] {
	const entries = readdirSync(source, {recursive: true, encoding: 'utf8'});
	const counts = Map.groupBy(entries, name => path.dirname(name));
	return [...counts].map(([room, {length}]) => [room, length] as const).filter(([, count]) => count > ROOM);
}

describe('laws', () => {
	test('there is something to look at, and the table names every layer', () => {
		expect(arrows.length).toBeGreaterThan(50);
		expect([...new Set(files.map(({layer}) => layer))].filter(layer => LAYERS[layer] === undefined)).toEqual([]);
	});

	test('each layer knows only those that the table names', () => {
		expect(strangers.filter(arrow => !isExcepted(arrow, EXCEPTIONS.arrows)).map(draw)).toEqual([]);
	});

	test('core imports nothing but itself and what is pure', () => {
		const pure = (specifier: string, name: string) =>
			isOurs(specifier) ||
			specifier === 'node:path/posix' ||
			(specifier === 'compare-versions' && name === path.join('core', 'model', 'capabilities.ts')) ||
			// What a step does is checked where it is read from a file; valibot does nothing but that.
			(specifier === 'valibot' && name.startsWith(path.join('core', 'steps', ''))) ||
			(specifier === 'fast-xml-parser' && name === path.join('core', 'domain-xml', 'tree.ts'));
		const core = files.filter(({layer}) => layer === 'core');
		expect(
			core.flatMap(({name, imports}) => imports.filter(one => !pure(one, name)).map(to => draw({from: name, to}))),
		).toEqual([]);
	});

	test('ui touches no file and starts no process', () => {
		const nodes = files
			.filter(({layer}) => layer === 'ui')
			.flatMap(({imports}) => imports.filter(one => one.startsWith('node:')));
		expect([...new Set(nodes)].toSorted()).toEqual([
			'node:path/posix',
			'node:process',
			'node:stream',
			'node:timers/promises',
			'node:tty',
			'node:zlib',
		]);
	});

	test('within ui the ground knows no area, and an area only those below it', () => {
		const areaOf = (name: string) => name.split(path.sep)[1]!;
		const inside = arrows.filter(({from, to}) => layerOf(from) === 'ui' && layerOf(to) === 'ui');
		const upward = inside.filter(({from, to}) => {
			const [one, other] = [areaOf(from), areaOf(to)];
			return one !== other && !JOINING.includes(one) && !AREAS[one]?.includes(other);
		});
		expect(upward.map(draw)).toEqual([]);
		expect([...new Set(inside.map(({from}) => areaOf(from)))].toSorted()).toEqual(
			[...Object.keys(AREAS), ...JOINING].filter(name => inside.some(({from}) => areaOf(from) === name)).toSorted(),
		);
	});

	test('no file leads back to itself, types included', () => {
		expect(circles(arrow => isExcepted(arrow, EXCEPTIONS.circles))).toEqual([]);
	});

	test('no room holds more than one can take in at a glance', () => {
		expect(crowded()).toEqual([]);
	});

	test('one name, one meaning: no two files export the same one, types included', () => {
		const exported = files.flatMap(({name, code}) => exportsOf(code).map(what => ({what, name})));
		expect(exported.length).toBeGreaterThan(1000);
		const twice = [...Map.groupBy(exported, ({what}) => what)].filter(([, {length}]) => length > 1);
		expect(twice.map(([what, places]) => `${what}: ${places.map(({name}) => name).join(', ')}`)).toEqual([]);
	});

	// Lint counts the lines of a function (biome.json); a comment at one would permit it more of them.
	test('every function fits on a screen', () => {
		const permitted = files.filter(({name}) =>
			readFileSync(path.join(source, name), 'utf8').includes('noExcessiveLines'),
		);
		expect(permitted.map(({name}) => name)).toEqual([]);
	});

	test('the exceptions only shrink', () => {
		const idle = Object.keys(EXCEPTIONS.arrows).filter(name => !strangers.some(one => isExcepted(one, {[name]: ''})));
		const round = Object.keys(EXCEPTIONS.circles).filter(name => {
			const others = Object.fromEntries(Object.entries(EXCEPTIONS.circles).filter(([other]) => other !== name));
			return circles(arrow => isExcepted(arrow, others)).length === 0;
		});
		expect({idle, round}, 'take them out of the list').toEqual({idle: [], round: []});
	});

	test('no file imports cli.tsx', () => {
		expect(arrows.filter(({to}) => to === 'cli.tsx').map(draw)).toEqual([]);
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
			// Receipts of a version that kept no more than words.
			path.join('execute', 'receipts', 'reading', 'version-1.ts'),
			path.join('execute', 'steps', 'run-command.ts'),
		];
		const readers = files.filter(
			({name, layer, code}) =>
				!['libvirt', 'qemu', 'lab', 'programs'].includes(layer) &&
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
			path.join('execute', 'receipts', 'own-home.ts'),
			path.join('execute', 'receipts', 'reading', 'trusted-files.ts'),
			path.join('execute', 'runner.ts'),
			path.join('hypervisor', 'hypervisor.ts'),
			path.join('programs', 'debug-log.ts'),
			path.join('programs', 'is-root.ts'),
			path.join('programs', 'run-program.ts'),
			path.join('ui', 'run.tsx'),
		];
		const touching = files.filter(({name, layer, code, imports}) => {
			const asks = imports.includes('node:process') || /(?<![\w.$'"-])process\.\w/.test(code);
			return asks && layer !== 'cli.tsx' && layer !== 'lab' && !excepted.includes(name);
		});
		expect(touching.map(file => file.name)).toEqual([]);
	});

	// Names, tags and words of other programs may hold anything: what is written passes through `span`, `print` or `say`, which make it
	// harmless. The others write no text from outside, or what they made harmless themselves.
	test('text reaches a terminal by the makers that clean it only', () => {
		const writers = [
			path.join('commands', 'context.ts'),
			path.join('commands', 'change', 'ask.ts'), // the newline after an answer
			path.join('commands', 'show', 'size.ts'), // percents
			path.join('commands', 'start', 'demo.ts'), // commands of the lab
			path.join('ui', 'run.tsx'), // what was copied, and operations by their subject
		];
		const drawers = [path.join('ui', 'lists', 'separator.tsx')]; // glyphs
		const around = files.filter(({name, layer, code}) => {
			if (layer !== 'commands' && layer !== 'ui') return false;
			const writes = /(?:stdout|stderr|output)\.write\(/.test(code) && !writers.includes(name);
			const inTerminal = name.startsWith(path.join('ui', 'terminal'));
			return writes || (!inTerminal && !drawers.includes(name) && /<Text\b|\bas Span\b/.test(code));
		});
		expect(around.map(file => file.name)).toEqual([]);
	});

	// Neither of the two reaches a person as an error: virsh asks instead, and the reason becomes part of an answer.
	test('every error that is thrown for people knows a remedy, by the one class that has it', () => {
		const known = ['core/words/foreseen-error.ts', 'libvirt/wire/failures.ts', 'qemu/sizes/unknown-size.ts'];
		const own = files.filter(({code}) => /\bextends Error\b/.test(code) || /class \w+ implements Error\b/.test(code));
		expect(own.map(file => file.name)).toEqual(known);
		const posing = files.filter(({code}) => /Object\.assign\(\s*new \w*Error\b|'remedy' in /.test(code));
		expect(posing.map(file => file.name)).toEqual([]);
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
