import {setTimeout as delay} from 'node:timers/promises';
import {afterAll, beforeAll} from 'vitest';
import {type Lab, type LabOptions, startLab} from '../../source/lab/lab.ts';
import * as patterns from '../../source/lab/pattern.ts';
import type {DomainName} from '../../source/lab/recipes/recipes.ts';
import {atMost} from './patience.ts';

export {type Lab, startEmptyLab, startLab} from '../../source/lab/lab.ts';

/**
 * A lab of its own for a test file: started before its tests, gone after them.
 *
 * Everything in the answer works on the running lab, so nothing of it may be called outside of tests and hooks.
 */
export function useLab(domains: readonly DomainName[], options: Omit<LabOptions, 'domains'> = {}) {
	let lab: Lab | undefined;
	beforeAll(async () => {
		lab = await startLab({...options, domains});
	});
	afterAll(async () => {
		await lab?.stop();
	});

	const running = () => {
		if (lab === undefined) throw new Error('The lab is up only while tests run');
		return lab;
	};

	return {
		/** The lab itself: `uri`, `folder`, `env`, `user`, `run`, `monitor`, `createImage`, `define`, `mountTmpfs` … */
		get lab() {
			return running();
		},
		virsh: (...args: string[]) => running().virsh(...args),
		qemuImg: (...args: string[]) => running().qemuImg(...args),
		monitor: (domain: string, command: string) => running().monitor(domain, command),
		image: (name: string) => running().image(name),
		/** State of a domain as virsh says it: `running`, `shut off`, `paused` … */
		state: async (domain: string) => (await running().virsh('domstate', '--domain', domain)).trim(),
		/** Tags in an image's own table, in its order. */
		tags: (file: string) => tagsOf(running(), file),
		/** Names of the snapshots that libvirt knows, sorted. */
		snapshotNames: async (domain: string) =>
			lines(await running().virsh('snapshot-list', '--domain', domain, '--name')).sort(),
		sourceOf: (domain: string, target: string) => patterns.sourceOf(running(), domain, target),
		writePattern: (file: string, byte: number, extent?: patterns.Extent) =>
			patterns.writePattern(running(), file, byte, extent),
		hasPattern: (file: string, byte: number, extent?: patterns.Extent) =>
			patterns.hasPattern(running(), file, byte, extent),
		writePatternLive: (domain: string, target: string, byte: number, extent?: patterns.Extent) =>
			patterns.writePatternLive(running(), domain, target, byte, extent),
		hasPatternLive: (domain: string, target: string, byte: number, extent?: patterns.Extent) =>
			patterns.hasPatternLive(running(), domain, target, byte, extent),
		/** What a guest has written on its serial console so far. */
		console: (domain: string) => running().console(domain),
		/** The number that the guest of `counter` wrote last; 0 while it boots. */
		count: async (domain = 'counter') => lastCount(await running().console(domain)),
	};
}

/** Ask again and again until the answer is true, or whatever counts as true; answers with it. */
export async function waitUntil<T>(
	ask: () => Promise<T> | T,
	{seconds = 20, every = 20} = {},
): Promise<NonNullable<T>> {
	const end = performance.now() + atMost(seconds);
	for (;;) {
		const answer = await ask();
		if (answer) return answer;
		if (performance.now() > end) throw new Error(`Not true within ${atMost(seconds) / 1000} s: ${ask.toString()}`);
		await delay(every);
	}
}

/** The last whole `COUNT n` line of a console. */
export function lastCount(text: string): number {
	return Number([...text.matchAll(/^COUNT (\d+)\r?\n/gm)].at(-1)?.[1] ?? 0);
}

async function tagsOf(lab: Lab, file: string): Promise<string[]> {
	const information = JSON.parse(await lab.qemuImg('info', '-U', '--output=json', file)) as {
		snapshots?: Array<{name: string}>;
	};
	return (information.snapshots ?? []).map(snapshot => snapshot.name);
}

function lines(text: string): string[] {
	return text.split('\n').filter(line => line !== '');
}
