import {EventEmitter} from 'node:events';
import {setImmediate as turn} from 'node:timers/promises';
import {expect, test} from 'vitest';
import {loan} from '../../source/ui/terminal/loan.ts';

/** A terminal that notes when it is lent. */
function lender() {
	let lends = 0;
	const lend = async (during: () => void | Promise<void>) => {
		lends++;
		await during();
	};
	return {lend, lends: () => lends};
}

test('it is lent to one at a time', async () => {
	const {lend, lends} = lender();
	const {toProgram} = loan(lend, () => {});
	const first = toProgram(async () => 'done');
	expect(await toProgram(async () => 'never')).toBeNull();
	expect(await first).toBe('done');
	expect(lends()).toBe(1);
});

test('whoever has it back can lend it again at once, however the program ended', async () => {
	const {toProgram} = loan(lender().lend, () => {});
	expect(await toProgram(async () => 1)).toBe(1);
	expect(await toProgram(async () => 2)).toBe(2);
	await expect(toProgram(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
	expect(await toProgram(async () => 3)).toBe(3);
});

test('the SIGCONT that ends our own stop takes nothing back', async () => {
	const {lend, lends} = lender();
	const {hear, suspend} = loan(lend, () => {});
	const signals = new EventEmitter();
	const unhear = hear(signals);
	suspend();
	await Promise.resolve();
	signals.emit('SIGCONT');
	expect(lends()).toBe(1);
	await turn();
	await turn();
	signals.emit('SIGCONT');
	expect(lends()).toBe(2);
	unhear();
});
