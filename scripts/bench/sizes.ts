/**
 * What it costs to tell the sizes of all snapshots of an image as large as people have, beside `qemu-img map`: that lists where the active
 * layer has its data, and looks into no snapshot. QEMU writes all of the image's tables; its data is zeros, which take no room here.
 */
import {stat, truncate} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {type Lab, startEmptyLab} from '../../source/lab/lab.ts';
import {environment, launcher} from './program.ts';
import {record} from './table.ts';
import {type Cost, costOf, median} from './timing.ts';

/** The lengths in MiB. */
type Shape = {
	/** So many stretches of the disk have data, each followed by a hole. */
	readonly stretches: number;
	readonly data: number;
	readonly hole: number;
	readonly snapshots: number;
	/** Pieces of 1 MiB, anywhere in the data, that are written anew after each snapshot. */
	readonly writes: number;
};

const terabyte: Shape = {stretches: 20, data: 10 * 1024, hole: 42_188, snapshots: 20, writes: 512};
const small: Shape = {stretches: 4, data: 1024, hole: 15 * 1024, snapshots: 4, writes: 20};

export async function measureSizes(quick: boolean): Promise<void> {
	const lab = await startEmptyLab();
	try {
		const shape = quick ? small : terabyte;
		const file = await makeImage(lab, shape);
		await lab.define({name: 'large', disks: [{target: 'vda', file}]});
		await measureWays(lab, file, groupOf(shape), quick ? 1 : 5);
	} finally {
		await lab.stop();
	}
}

function groupOf({stretches, data, hole, snapshots, writes}: Shape): string {
	const gibibytes = (mebibytes: number) => `${Math.round((stretches * mebibytes) / 1024)} GiB`;
	return `sizes: ${gibibytes(data + hole)}, ${gibibytes(data)} allocated, ${snapshots} snapshots, ${writes} MiB written after each`;
}

async function makeImage(lab: Lab, {stretches, data, hole, snapshots, writes}: Shape): Promise<string> {
	const file = await lab.createImage('large.qcow2', {size: '64K'});
	for (let stretch = 0; stretch < stretches; stretch++) {
		await lab.qemuImg('resize', '-q', '--preallocation=metadata', '-f', 'qcow2', file, `+${data}M`);
		await lab.qemuImg('resize', '-q', '-f', 'qcow2', file, `+${hole}M`);
	}

	const random = numbers();
	for (let number = 1; number <= snapshots; number++) {
		await lab.qemuImg('snapshot', '-c', `s${number}`, file);
		const places = Array.from({length: writes}, () => random(stretches) * (data + hole) + random(data));
		await writeZeros(lab, file, places);
		process.stderr.write(`bench: large.qcow2: ${number} of ${snapshots} snapshots\n`);
	}

	// The last zeros lie behind the end of the file, which QEMU counts as damage.
	await truncate(file, (await stat(file)).size + writes * 2 ** 20);
	await lab.qemuImg('check', '-q', file);
	return file;
}

/** A MiB at each of these places. The file below the image takes zeros as holes; the image itself takes them for data. */
async function writeZeros(lab: Lab, file: string, places: readonly number[]): Promise<void> {
	const image = `driver=qcow2,file.driver=file,file.filename=${file},file.discard=unmap,file.detect-zeroes=unmap`;
	const input = places.map(place => `write -P 0 ${place}M 1M\n`).join('');
	const said = await lab.run('qemu-io', ['--image-opts', image], {input});
	const written = said.match(/^(?:qemu-io> )*wrote 1048576\/1048576 bytes/gm) ?? [];
	if (written.length !== places.length)
		throw new Error(`qemu-io wrote ${written.length} of ${places.length}:\n${said}`);
}

/** Below a limit, the same ones in each run: the generator that POSIX shows for rand(). */
function numbers(): (limit: number) => number {
	let state = 1;
	return limit => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		return Math.floor((state / 2 ** 32) * limit);
	};
}

async function measureWays(lab: Lab, file: string, group: string, runs: number): Promise<void> {
	record(group, 'tables in the file', ((await stat(file)).blocks * 512) / 2 ** 20, 'MiB');
	const reader = fileURLToPath(new URL('../../source/qemu/sizes/image-sizes.ts', import.meta.url));
	const call = `import(${JSON.stringify(reader)}).then(({readImageSizes}) => readImageSizes(${JSON.stringify(file)}))`;
	const ways = {
		'virsnap size': [process.execPath, launcher, 'size', 'large'],
		'its reader alone': [process.execPath, '--eval', call],
		'qemu-img map, the active layer': ['qemu-img', 'map', '--output=json', file],
	};
	for (const [what, argv] of Object.entries(ways)) {
		await costOf(argv, environment(lab)); // the first run fills caches
		const costs: Cost[] = [];
		for (let run = 0; run < runs; run++) costs.push(await costOf(argv, environment(lab)));
		const half = (member: keyof Cost) => median(costs.map(cost => cost[member]));
		record(group, what, half('milliseconds'), 'ms');
		record(group, `${what}: CPU`, half('cpuMilliseconds'), 'ms');
		record(group, `${what}: read`, half('bytesRead') / 2 ** 20, 'MiB');
		record(group, `${what}: memory, most`, half('mostMemoryMiB'), 'MiB');
	}
}
