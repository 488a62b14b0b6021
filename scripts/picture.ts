/**
 * `npm run picture`: the README's pictures and its recording, taken from real runs: a lab is started, the built program runs in a terminal,
 * keys are pressed, and the terminal's cells are written as SVG. How long a screen stands in the recording is chosen, not measured.
 */
import {writeFile} from 'node:fs/promises';
import path from 'node:path';
import {type Lab, startLab} from '../source/lab/lab.ts';
import {launcher, programEnvironment} from '../test/e2e/program.ts';
import {type Launched, launch} from '../test/helpers/pty.ts';
import {project} from './bundle.ts';
import {screenRuns} from './picture/cells.ts';
import {type Act, recording, stills} from './picture/scenes.ts';
import {type Frame, moving, still} from './picture/svg.ts';

const size = {columns: 110, rows: 30};
const film = {columns: 92, rows: 24};

await inLab({}, async lab => {
	for (const [file, acts] of Object.entries(stills)) {
		const screen = await played(lab, size, acts, async program => screenRuns(program.terminal));
		await write(file, still(screen.at(-1)!, size));
	}
});
await inLab({domains: ['DBHost', 'Koan', 'web-stopped', 'paused-build']}, async lab => {
	const screens = await played(lab, film, recording, async program => screenRuns(program.terminal));
	await write('docs/recording.svg', moving(framesOf(screens), film));
});

async function inLab(options: Parameters<typeof startLab>[0], work: (lab: Lab) => Promise<void>): Promise<void> {
	const lab = await startLab({...options, log: line => console.error(`  ${line}`)});
	try {
		await work(lab);
	} finally {
		await lab.stop();
	}
}

/** Plays the acts in a new virsnap; returns what was taken after each. */
async function played<T>(
	lab: Lab,
	{columns, rows}: typeof size,
	acts: readonly Act[],
	take: (program: Launched) => Promise<T>,
): Promise<T[]> {
	const env = programEnvironment(lab) as Record<string, string>;
	const program = launch([launcher], {columns, rows, env});
	try {
		const taken: T[] = [];
		for (const {keys, appears} of acts) {
			program.write(keys);
			await program.waitFor(appears, 30);
			taken.push(await take(program));
		}
		return taken;
	} finally {
		await program.stop();
	}
}

/** A caption belongs to the screen on which its keys are pressed. */
function framesOf(screens: readonly Frame['screen'][]): Frame[] {
	return screens.flatMap((screen, index) => {
		const milliseconds = recording[index]?.stands ?? 0;
		const says = recording[index + 1]?.says ?? '';
		const said = {screen, caption: says, milliseconds: 900};
		const unsaid = {screen, caption: '', milliseconds};
		return [...(milliseconds > 0 ? [unsaid] : []), ...(says === '' ? [] : [said])];
	});
}

async function write(file: string, svg: string): Promise<void> {
	await writeFile(path.join(project, file), svg);
	console.error(`${file}: ${Math.ceil(svg.length / 1024)} KiB`);
}
