import {expect, test} from 'vitest';
import {chosen} from '../../scripts/matrix/releases.ts';
import {countsOf, failedBy, table} from '../../scripts/matrix/table.ts';

const runs = (words: string, day = 0, own: string | null = 'bookworm') => {
	const {here, folders} = chosen(words.split(' ').filter(Boolean), own, day);
	return [...(here ? ['here'] : []), ...folders.map(({suite}) => suite)].join(' ');
};

test.each([
	['', 'here bullseye trixie sid'],
	['--other', 'bullseye trixie sid'],
	['--on trixie', 'trixie'],
	['--on unstable --on 11', 'bullseye sid'],
	['--on here --on 13', 'here trixie'],
	['--on 12', 'here'],
])('%s: %s', (words, expected) => {
	expect(runs(words)).toBe(expected);
});

test('a machine that is no Debian leaves all of them to folders', () => {
	expect(runs('--other', 0, null)).toBe('bullseye bookworm trixie sid');
	expect(runs('--on bookworm', 0, null)).toBe('bookworm');
});

test('in turn: one of the others, each of them within as many days', () => {
	expect([20_000, 20_001, 20_002].map(day => runs('--in-turn', day)).sort()).toEqual(['bullseye', 'sid', 'trixie']);
});

test('files, and words that choose nothing', () => {
	expect(chosen(['--other', 'test/traps'], null, 0).files).toEqual(['test/traps']);
	expect(['', '--remote'].map(words => chosen(words.split(' ').filter(Boolean), null, 0).remote)).toEqual([
		false,
		true,
	]);
	expect(() => runs('--on buster')).toThrow('No release is called "buster": here, bullseye, 11');
	expect(() => runs('--all')).toThrow('--all is not known');
});

test('counts by folder; a run that broke off is a failure', () => {
	const file = (name: string, ...statuses: string[]) => ({
		name: `/p/test/${name}`,
		assertionResults: statuses.map(status => ({status})),
	});
	const report = {testResults: [file('traps/a.test.ts', 'passed', 'failed'), file('traps/b.test.ts', 'pending')]};
	const row = {version: 'libvirt 7.0.0', exitedWell: true, counts: countsOf(report, '/p/test')};
	expect(table([row]).split('\n').slice(1)).toEqual([
		'libvirt 7.0.0       1       1       1',
		'  traps             1       1       1',
	]);
	expect(failedBy(row)).toBe(true);
	const well = {...row, counts: countsOf({testResults: [file('qemu/a.test.ts', 'passed')]}, '/p/test')};
	expect(failedBy(well)).toBe(false);
	expect(failedBy({...well, exitedWell: false})).toBe(true);
	expect(failedBy({...well, counts: countsOf({}, '/p/test')})).toBe(true);
});
