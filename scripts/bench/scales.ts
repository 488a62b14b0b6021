/** How the time of `list` grows: with domains, with snapshots of one domain, with the layers of a chain, with the size of a disk. */
import {fillBigLab} from '../../source/lab/big.ts';
import {type Lab, startEmptyLab} from '../../source/lab/lab.ts';
import {virsnap} from './program.ts';
import {record} from './table.ts';
import {interleave} from './timing.ts';

type Scale = {readonly what: string; readonly fill: (lab: Lab) => Promise<void>};

const hosts = (domains: number): Scale => ({
	what: `${domains} domains, ${10 * domains} snapshots`,
	fill: lab => fillBigLab(lab, {domains, snapshots: 10 * domains, disks: domains}),
});

const one = (snapshots: number): Scale => ({
	what: `one domain, ${snapshots} snapshots`,
	fill: lab => fillBigLab(lab, {domains: 1, snapshots, disks: 1}),
});

const chain = (layers: number): Scale => ({
	what: `one domain, a chain of ${layers} layers`,
	async fill(lab) {
		let file = await lab.createImage('base.qcow2');
		for (let layer = 2; layer <= layers; layer++) {
			const overlay = lab.image(`layer-${layer}.qcow2`);
			await lab.qemuImg('create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', file, overlay);
			file = overlay;
		}

		await lab.define({name: 'chain', disks: [{target: 'vda', file}]});
	},
});

const disk = (size: string): Scale => ({
	what: `one domain, a disk of ${size}iB with 20 snapshots`,
	async fill(lab) {
		const file = await lab.createImage('large.qcow2', {size});
		for (let number = 1; number <= 20; number++) await lab.qemuImg('snapshot', '-c', `s${number}`, file);
		await lab.define({name: 'large', disks: [{target: 'vda', file}]});
	},
});

export async function measureScales(quick: boolean, bare: number): Promise<void> {
	const scales = quick
		? [hosts(10), one(30), chain(6), disk('1T')]
		: [hosts(10), hosts(18), hosts(100), hosts(304), hosts(1000), one(3000), chain(60), disk('10T')];
	for (const {what, fill} of scales) {
		const lab = await startEmptyLab();
		try {
			await fill(lab);
			const {list} = await interleave(quick ? 1 : 5, {list: () => virsnap(lab, 'list')});
			record('list, as hosts grow', what, list, 'ms', `${(list / bare).toFixed(1)} × node -e 0`);
		} finally {
			await lab.stop();
		}
	}
}
