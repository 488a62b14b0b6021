/** Plans as they are pasted: run by a real shell, whose commands are stand-ins. */
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import type {Plan} from '../../../source/core/model/plan.ts';
import {planScript} from '../../../source/core/planning/script.ts';
import {step} from '../../../source/core/steps/step.ts';
import {facts} from '../../facts/facts.ts';
import {planFor} from '../../facts/plan.ts';

let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(os.tmpdir(), 'virsnap-script-'));
});

afterEach(() => rmSync(folder, {recursive: true}));

/** What was run, by whom it was run. */
function pasted(shell: string, plan: Plan, stands: Readonly<Record<string, string>>) {
	for (const name of ['virsh', 'qemu-img', 'rm', 'cp']) {
		const script = `#!/bin/sh\necho "${name} $1" >>'${folder}/ran'\n${stands[name] ?? ''}\n`;
		writeFileSync(path.join(folder, name), script, {mode: 0o755});
	}

	const {status} = spawnSync(shell, [...plain(shell), '-c', `${planScript(plan)}\necho $? >'${folder}/status'`], {
		env: {PATH: `${folder}:${process.env.PATH}`},
		stdio: 'ignore',
	});
	expect(status).toBe(0);
	const read = (name: string) => readFileSync(path.join(folder, name), 'utf8').trim();
	return {ran: read('ran').split('\n'), status: read('status')};
}

/** Without whatever this user has his shell do first. */
const plain = (shell: string): string[] => (shell === 'bash' ? ['--norc', '--noprofile'] : []);

const on = {uri: null, uuid: 'x'};
const merge = step({kind: 'merge', overlay: '/o', format: 'qcow2', base: '/b', through: false}, {title: ''});
const define = step(
	{kind: 'define', on, disks: [], before: []},
	{title: '', input: "<domain name='it''s'/>\n", undoInput: ''},
);
const remove = step({kind: 'remove-file', file: '/o'}, {title: ''});
const load = step({kind: 'monitor-snapshot', on, action: 'loadvm', tag: "a 'b'"}, {title: ''});
const make = step({kind: 'new-file', file: '/n', like: '/o', takenOver: 'mode'}, {title: ''});
const planOf = (...steps: Plan['steps']): Plan => ({...planFor(facts(), {verb: 'start'}), steps});

const shells = ['sh', 'bash'].filter(shell => spawnSync(shell, ['-c', 'true']).status === 0);

describe.each(shells)('pasted into %s', shell => {
	test('all of it runs where nothing fails', () => {
		const {ran, status} = pasted(shell, planOf(merge, define, remove), {});
		expect({ran, status}).toEqual({ran: ['qemu-img commit', 'virsh define', 'rm -f'], status: '0'});
	});

	test.each([
		['a merge that fails', [merge, define, remove], {'qemu-img': 'exit 1'}, ['qemu-img commit']],
		['a definition that is refused', [merge, define, remove], {virsh: 'exit 1'}, ['qemu-img commit', 'virsh define']],
		['a monitor that says why not', [load, remove], {virsh: 'echo Error: no'}, ['virsh qemu-monitor-command']],
		['a name that is taken', [make, remove], {}, ['cp --verbose']],
	])('nothing runs behind %s', (_what, steps, stands, ran) => {
		const found = pasted(shell, planOf(...steps), stands);
		expect(found.ran).toEqual(ran);
		expect(found.status).not.toBe('0');
	});
});

test('it says what it presumes, as a word that no shell takes apart', () => {
	const script = planScript(planOf(merge, remove));
	expect(script).toContain(
		": 'Only while this is so: web is shut off and disk vda: disk file qcow2 /images/vda.qcow2.",
	);
	execFileSync('sh', ['-n', '-c', script]);
});
