/** Disks that were resized after a snapshot: the review says that their size goes back, too. */
import {expect, test} from 'vitest';
import {chained, entry, GiB, image} from '../../facts/domain.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';
import {external, snapshot} from '../../facts/snapshot.ts';

function warningsOf(disk: ReturnType<typeof chained>, tag: ReturnType<typeof snapshot>, safety = false): string {
	const like = facts({domain: {disks: [disk], snapshots: [tag]}});
	return planFor(like, {verb: 'revert', tag: 's', ...(safety && {safety})}).warnings.join(' ');
}

const sized = (virtualSizeBytes: number, file: string, diskBytes: number | null = null) => ({
	...image(file, diskBytes === null ? [] : [entry('s', {diskBytes})]),
	virtualSizeBytes,
});

test.each([
	['grown', 20 * GiB, 10 * GiB, 'vda was resized since the snapshot: its size goes back from 20 GiB to 10 GiB'],
	['shrunk', 5 * GiB, 10 * GiB, 'from 5 GiB to 10 GiB'],
	['by a little', 10 * GiB + 512, 10 * GiB, 'from 10737418752 bytes to 10737418240 bytes'],
])('%s: an internal snapshot', (_, now, then, told) => {
	const disk = chained('vda', sized(now, '/images/vda.qcow2', then));
	expect(warningsOf(disk, snapshot('s'))).toContain(told);
	expect(warningsOf(disk, snapshot('s'), true)).toContain(told);
	expect(warningsOf(disk, snapshot('s', {health: 'unmanaged', libvirt: false}))).toContain(told);
});

test('an external one: by its base', () => {
	const disk = chained('vda', sized(20 * GiB, '/images/vda.s.qcow2'), sized(10 * GiB, '/images/vda.qcow2'));
	const tag = external('s', '/images/vda.s.qcow2', '/images/vda.qcow2', {current: true});
	expect(warningsOf(disk, tag)).toContain('from 20 GiB to 10 GiB');
});

test('nothing is said of a disk that is as large as it was, nor of one whose table does not tell', () => {
	for (const then of [10 * GiB, null]) {
		const disk = chained('vda', sized(10 * GiB, '/images/vda.qcow2', then));
		expect(warningsOf(disk, snapshot('s'))).not.toContain('size');
	}
	const untold = chained('vda', {...image('/images/vda.qcow2', [entry('s')]), virtualSizeBytes: 20 * GiB});
	expect(warningsOf(untold, snapshot('s'))).not.toContain('size');
});
