/** What a program that was killed in the middle leaves in a qcow2 image: contents as before, but clusters counted wrongly. */
import type {Miscount} from '../core/model/facts.ts';
import type {LoggedCommand} from '../core/model/hypervisor.ts';
import {runProgram} from '../programs/run-program.ts';

/** qemu-img(1), "check": 2 corruption, 3 leaked clusters. */
const wrongCounts = [2, 3];

/** The tables of an image of 1 TiB are 128 MiB, read from wherever it lies. */
const patience = 120_000;

/** QAPI type ImageCheck; what is 0 is left out. */
type ImageCheck = {readonly corruptions?: number; readonly leaks?: number};

/** Null where every cluster of the qcow2 image is counted right, and where qemu-img cannot check it. Only reads. */
export async function readMiscount(file: string, log?: (command: LoggedCommand) => void): Promise<Miscount | null> {
	const args = ['check', '-U', '--output=json', '-f', 'qcow2', '--', file];
	const {stdout, exitCode, failure} = await runProgram(['qemu-img', ...args], {log, patience, answers: wrongCounts});
	if (failure !== null || exitCode === 0) return null;
	const {corruptions = 0, leaks = 0} = JSON.parse(stdout) as ImageCheck;
	return {file, errors: corruptions, leaks};
}
