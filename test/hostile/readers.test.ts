/** What virsh prints and what stands in files of libvirt, with hostile names in it: each thing is found under its own name. */
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {withIdentity} from '../../source/core/domain-xml/identity.ts';
import {parseDomainXml} from '../../source/libvirt/domain-xml.ts';
import {CommandError} from '../../source/libvirt/errors.ts';
import {parseHeads} from '../../source/libvirt/virsh/domain-list.ts';
import {concerns, parseEvent} from '../../source/libvirt/virsh/events.ts';
import {recordsOf} from '../../source/libvirt/virsh/snapshot-records.ts';
import {parseVolumeXml, presumedPath, volumeIn, volumeWords} from '../../source/libvirt/volume-xml.ts';
import {daemonAddress} from '../../source/libvirt/wire/address.ts';
import {parseAliases, parseSetting} from '../../source/libvirt/wire/libvirt-conf.ts';
import {domain} from '../facts/domain.ts';
import {inactiveXml} from '../facts/facts.ts';
import {atMost} from '../helpers/patience.ts';
import {runs, text} from './texts.ts';

/** What a line or an XML text can hold. libvirt takes no newline and no slash in a domain's name. */
const legal = text.map(value =>
	value.replace(/[^\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]|[\uFFFE\uFFFF]/gu, ''),
);
const name = legal.map(value => value.replaceAll('/', '').trim() || 'x');

describe('what virsh prints', () => {
	const states = fc.constantFrom('running', 'paused', 'shut off', 'in shutdown', 'saved');

	test('a list of domains: each name with its own id and state', () => {
		const id = fc.option(fc.nat());
		const row = fc.record({called: name, id, state: states});
		const rows = fc.uniqueArray(row, {selector: ({called}) => called, maxLength: 6});
		fc.assert(
			fc.property(rows, domains => {
				const uuid = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
				const names = domains.map(({called}, index) => `${uuid(index)} ${called}\n`).join('');
				const table = domains.map(({called, id, state}) => ` ${id ?? '-'}    ${called}   ${state}\n`).join('');
				expect(parseHeads(names, table)).toEqual(
					domains.map(({called, id, state}, index) => ({uuid: uuid(index), name: called, id, state})),
				);
			}),
			{numRuns: runs(2)},
		);
	});

	test('an event is about the domain that it names', () => {
		fc.assert(
			fc.property(name, legal, (called, detail) => {
				const event = parseEvent(`2026-01-02 03:04:05.678+0000: event 'lifecycle' for domain '${called}': ${detail}`);
				expect(event).toMatchObject({kind: 'lifecycle'});
				expect(concerns(event!, called)).toBe(true);
				expect(concerns(event!, `${called}x`)).toBe(false);
			}),
			{numRuns: runs(2)},
		);
	});

	test('names of snapshots of several lines are put together again', async () => {
		const part = fc.constantFrom('a', 'b', 'c', '', ' ');
		const names = fc.uniqueArray(
			fc.array(part, {minLength: 1, maxLength: 3}).map(lines => lines.join('\n') || 'a'),
			{minLength: 1, maxLength: 4},
		);
		await fc.assert(
			fc.asyncProperty(names, async known => {
				const virsh = async (...question: readonly string[]) => {
					const asked = question.find(word => word.startsWith('--snapshotname='))!.slice('--snapshotname='.length);
					if (!known.includes(asked)) throw new CommandError(['virsh'], 1, 'error: no such snapshot');
					return `<${asked}>`;
				};
				const {records} = await recordsOf(virsh, 'u', known.join('\n').split('\n'), false);
				expect(records.map(record => record.name).sort()).toEqual([...known].sort());
			}),
			{numRuns: runs()},
		);
	});
});

describe('libvirt.conf', () => {
	const uri = legal.map(value => value.replaceAll(/["'\n]/g, ''));
	const short = fc.stringMatching(/^[A-Za-z0-9_-]{1,8}$/);
	const quote = fc.constantFrom('"', "'");
	const blank = fc.constantFrom('', ' ', '\t', '\n', ' # "a=b" ]\n', "\n  # it's ]\n");

	test('each alias is what the file says, whatever comments stand between', () => {
		const pairs = fc.uniqueArray(fc.record({short, uri, quote, blank}), {selector: pair => pair.short, maxLength: 5});
		fc.assert(
			fc.property(pairs, legal, (list, comment) => {
				const entries = list.map(one => `${one.blank}${one.quote}${one.short}=${one.uri}${one.quote},`).join('');
				const settings = `# ${comment}\n#uri_aliases = ["no=way"]\nuri_aliases = [${entries}\n]\nuri_default = "test:///"\n`;
				expect([...parseAliases(settings)]).toEqual(list.map(one => [one.short, one.uri]));
				expect(parseSetting(settings, 'uri_default')).toBe('test:///');
			}),
			{numRuns: runs(2)},
		);
	});

	test('a text is read as it stands', () => {
		fc.assert(
			fc.property(uri, quote, legal, (value, mark, comment) => {
				const settings = `#uri_default = "no"\n# ${comment}\n uri_default\t= ${mark}${value}${mark} # ${comment}\n`;
				expect(parseSetting(settings, 'uri_default')).toBe(value);
			}),
			{numRuns: runs(2)},
		);
	});

	test('a file that is none takes a moment, and no more', () => {
		const started = performance.now();
		for (const piece of ['"', "'a=", '#', '[', ' ', 'uri_aliases = ["', 'uri_aliases = [#', "uri_aliases=['a=b'"]) {
			parseAliases(`uri_aliases = [${piece.repeat(20_000)}`);
			parseSetting(piece.repeat(20_000), 'uri_default');
		}

		expect(performance.now() - started).toBeLessThan(atMost(10));
	});
});

test('no URI of another machine, or of another driver, leads to a socket of this one', () => {
	const piece = fc.constantFrom(
		'qemu',
		'xen',
		'+unix',
		'+ssh',
		'://',
		'/',
		'/system',
		'/session',
		'host',
		'?socket=/s',
		'&',
		'#',
		'%',
	);
	const uris = fc.array(fc.oneof(piece, text), {maxLength: 7}).map(pieces => pieces.join(''));
	fc.assert(
		fc.property(uris, uri => {
			const found = daemonAddress(uri, {env: {HOME: '/nonexistent'}, uid: 1000});
			if (found.socket === null) expect(found.reason).not.toBe('');
			else if (uri !== '') expect(uri).toMatch(/^qemu(\+unix)?:\/\/\/(system|session)(\?|#|$)/i);
		}),
		{numRuns: runs(4)},
	);
});

describe('XML', () => {
	const escaped = (value: string) => value.replace(/[&<>"'\n\r\t]/g, sign => `&#${sign.codePointAt(0)};`);

	test('a copy of a domain has the name, the UUID and the variables that it was given, and the rest of the first', () => {
		fc.assert(
			fc.property(name, legal, (called, file) => {
				const first = inactiveXml(domain({name: 'first'}));
				const uuid = '99999999-2222-3333-4444-555555555555';
				const xml = first.replace('<devices>', "<os firmware='efi'><nvram>/old</nvram></os><devices>");
				const copy = withIdentity(xml, {name: called, uuid, mac: () => '52:54:00:00:00:01', nvram: `/${file}`});
				expect(parseDomainXml(copy)).toEqual({
					...parseDomainXml(xml),
					name: called,
					uuid,
					firmware: {kind: 'uefi', nvram: {file: `/${file}`, format: expect.any(String)}},
				});
			}),
			{numRuns: runs()},
		);
	});

	test('a volume is found by its pool and its name', () => {
		fc.assert(
			fc.property(name, legal, (pool, volume) => {
				fc.pre(volume !== '');
				const words = volumeWords(pool, volume);
				expect(volumeIn(words)).toEqual({pool, name: volume});
				const target = `<target><path>/${escaped(volume)}</path></target>`;
				expect(parseVolumeXml(`<volume type='file'>${target}</volume>`).path).toBe(`/${volume}`);
				expect(presumedPath(words, `<pool type='dir'><target><path>/pool</path></target></pool>`)).toBe(
					`/pool/${volume}`,
				);
			}),
			{numRuns: runs()},
		);
	});
});
