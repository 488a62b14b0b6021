/** One connection to a real daemon, which is killed, stopped and lied about. */
import {readFile} from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {afterEach, describe, expect, test} from 'vitest';
import type {LoggedCommand} from '../../../source/core/model/hypervisor.ts';
import {ConnectionError} from '../../../source/libvirt/errors.ts';
import {openReader} from '../../../source/libvirt/open-reader.ts';
import {virshReader} from '../../../source/libvirt/virsh/virsh-reader.ts';
import {type Connection, connectTo} from '../../../source/libvirt/wire/connection.ts';
import {LostError, RefusedError, UnreachableError} from '../../../source/libvirt/wire/failures.ts';
import {shakeHands} from '../../../source/libvirt/wire/handshake.ts';
import {encodeMessage, keepaliveProgram, messageType} from '../../../source/libvirt/wire/message.ts';
import {procedures} from '../../../source/libvirt/wire/procedures.ts';
import {struct, text} from '../../../source/libvirt/wire/xdr.ts';
import {useLab, waitUntil} from '../../helpers/lab.ts';
import {atMost} from '../../helpers/patience.ts';
import {connectToLab, socketOf} from './open-wire.ts';
import {type Alter, startProxy} from './proxy.ts';

// biome-ignore lint/correctness/useHookAtTopLevel: a helper of these tests, not a hook of React
const lab = useLab(['web-stopped', 'odd "names"']);

/** Short, so that nobody waits; long enough for a busy machine. */
const patience = {silence: 300, sign: atMost(0.5), answer: atMost(7)};

const ending: (() => unknown)[] = [];
afterEach(async () => {
	for (const end of ending.splice(0)) await end();
});

function closing(connection: Connection): Connection {
	ending.push(() => connection.end(new LostError('the test is over')));
	return connection;
}

async function lyingSocket(alter: Alter) {
	const proxy = await startProxy(socketOf(lab.lab).socket, path.join(lab.lab.folder, 'proxy-sock'), alter);
	ending.push(proxy.stop);
	return proxy;
}

const pid = async () => Number(await readFile(path.join(lab.lab.folder, 'libvirtd.pid'), 'utf8'));

async function stopDaemon(): Promise<() => void> {
	const id = await pid();
	process.kill(id, 'SIGSTOP');
	const goOn = () => process.kill(id, 'SIGCONT');
	ending.unshift(goOn);
	return goOn;
}

describe('a connection', () => {
	test('thousands of questions at once, each gets its own answer', async () => {
		const connection = closing(await connectToLab(lab.lab));
		const {domains} = await connection.call(procedures.domains, {wanted: 1, flags: 0});
		const asked = Array.from({length: 3000}, (_, index) => domains[index % domains.length]!);
		const answers = await Promise.all(asked.map(domain => connection.call(procedures.domainXml, {domain, flags: 0})));
		for (const [index, {xml}] of answers.entries()) expect(xml).toContain(`<uuid>${asked[index]!.uuid}</uuid>`);
	});

	test('without a URI the daemon finds its driver itself', async () => {
		const connection = closing(await connectTo(socketOf(lab.lab).socket));
		await shakeHands(connection, null);
		expect(await connection.call(procedures.hypervisorType, {})).toEqual({type: 'QEMU'});
	});

	test("a question that libvirt refuses has libvirt's words, and the next one is answered", async () => {
		const connection = closing(await connectToLab(lab.lab));
		const nobody = {name: 'x', uuid: '00000000-1111-2222-3333-444444444444', id: -1};
		const refused = connection.call(procedures.domainXml, {domain: nobody, flags: 0});
		await expect(refused).rejects.toThrow(/^Domain not found: no domain with matching uuid/);
		await expect(refused).rejects.toBeInstanceOf(RefusedError);
		expect((await connection.call(procedures.hostname, {})).name).not.toBe('');
	});

	test('a question that is cancelled rejects at once; its answer disturbs no other', async () => {
		const connection = closing(await connectToLab(lab.lab));
		const goOn = await stopDaemon();
		const cancel = new AbortController();
		const question = connection.call(procedures.capabilities, {}, cancel.signal);
		cancel.abort();
		await expect(question).rejects.toThrow(/abort/);
		await expect(connection.call(procedures.hostname, {}, cancel.signal)).rejects.toThrow(/abort/);
		goOn();
		expect((await connection.call(procedures.hostname, {})).name).not.toBe('');
	});

	test("the daemon's signs of life are answered", async () => {
		const proxy = await lyingSocket(message => message);
		const connection = closing(await connectTo(proxy.socket));
		await shakeHands(connection, 'qemu:///session');
		const sign = (procedure: number) =>
			encodeMessage({program: keepaliveProgram, procedure, type: messageType.event, serial: 0}, []);
		proxy.inject(sign(1));
		await waitUntil(() => proxy.heard().includes(sign(2)));
		proxy.inject(sign(2));
		expect((await connection.call(procedures.hostname, {})).name).not.toBe('');
	});

	test('a killed daemon ends every question, with words that say what to do', async () => {
		const connection = closing(await connectToLab(lab.lab));
		await stopDaemon();
		const questions = Array.from({length: 50}, () => connection.call(procedures.capabilities, {}));
		const settled = Promise.allSettled(questions);
		ending.shift();
		await lab.lab.restartDaemon();
		for (const outcome of await settled) {
			expect(outcome).toMatchObject({status: 'rejected', reason: expect.any(LostError)});
		}

		expect(((await connection.ended) as LostError).remedy).toMatch(/check that its daemon runs/);
		await expect(connection.call(procedures.hostname, {})).rejects.toBeInstanceOf(LostError);
	});

	test('a stopped daemon is noticed while it is silent, in every state of the connection', async () => {
		const connection = closing(await connectToLab(lab.lab, patience));
		const {socket} = socketOf(lab.lab);
		const connected = closing(await connectTo(socket, patience));
		await stopDaemon();
		const stuck = /does not answer: its daemon is stopped or stuck/;
		await Promise.all([
			expect(connection.call(procedures.hostname, {})).rejects.toThrow(stuck),
			expect(shakeHands(connected, 'qemu:///session')).rejects.toThrow(stuck),
			expect(connectTo(socket, patience).then(late => shakeHands(closing(late), null))).rejects.toThrow(stuck),
		]);
	});

	test('a daemon that is only slow is waited for', async () => {
		const held: Buffer[] = [];
		const proxy = await lyingSocket((message, procedure) => {
			if (procedure !== procedures.hostname.number) return message;
			held.push(message);
			return null;
		});
		const connection = closing(await connectTo(proxy.socket, {...patience, silence: 50}));
		await shakeHands(connection, 'qemu:///session');
		const question = connection.call(procedures.hostname, {});
		const signs = () => proxy.heard().toString('hex').split('6b656570').length - 1;
		await waitUntil(() => held.length > 0 && signs() >= 3);
		expect(connection.reason()).toBeNull();
		proxy.inject(held[0]!);
		expect((await question).name).not.toBe('');
	});

	test('but not for ever', async () => {
		const proxy = await lyingSocket((message, procedure) =>
			procedure === procedures.hostname.number ? null : message,
		);
		const connection = closing(await connectTo(proxy.socket, {silence: 50, sign: 1500, answer: 400}));
		await shakeHands(connection, 'qemu:///session');
		await expect(connection.call(procedures.hostname, {})).rejects.toThrow(/did not answer within 0.4 s/);
	});

	test('a stopped daemon that takes no more callers: virsh, which would wait, is not asked', async () => {
		const {socket} = socketOf(lab.lab);
		const log: LoggedCommand[] = [];
		const reader = openReader({uri: lab.lab.uri, log: command => log.push(command)}, {env: process.env, uid: 0});
		await stopDaemon();
		// One that finds hundreds of callers who have hung up may take nobody any more for minutes.
		ending.push(() => lab.lab.restartDaemon());
		await expect(callUntilRefused(socket)).rejects.toThrow(/does not answer: its daemon is stopped or stuck/);
		await expect(reader.hostname()).rejects.toBeInstanceOf(ConnectionError);
		expect(log).toEqual([]);
	});

	test('where nobody listens', async () => {
		const nowhere = connectTo(path.join(lab.lab.folder, 'none'));
		await expect(nowhere).rejects.toThrow(/^Failed to connect socket to '.*none': No such file or directory/);
		await expect(nowhere).rejects.toBeInstanceOf(UnreachableError);
		await expect(nowhere).rejects.toMatchObject({remedy: expect.stringMatching(/^Start libvirt/)});
	});
});

/** Callers that have hung up stay in the daemon's queue until it looks. */
async function callUntilRefused(socket: string): Promise<never> {
	for (;;) (await connectTo(socket)).end(new LostError('the test is over'));
}

/** A number in the head of a message set to another: 1 program, 2 version, 3 procedure, 4 type, 5 serial, 6 status. */
function lie(of: number, place: number, number: number): Alter {
	return (message, procedure) => {
		if (procedure === of) message.writeUInt32BE(number, place * 4);
		return message;
	};
}

describe('a surprise', () => {
	const {number} = procedures.domains;
	const {number: hello} = procedures.authenticationList;
	const lies: [string, Alter, RegExp][] = [
		['another version', lie(hello, 2, 2), /version 2 of program 0x20008086 is not known/],
		['another version, later', lie(number, 2, 7), /version 7/],
		['another program', lie(number, 1, 0x20_00_80_99), /is one to procedure/],
		['another procedure', lie(number, 3, 14), /is one to procedure 14/],
		['another type', lie(number, 4, 3), /of type 3/],
		['a serial that nobody has asked', lie(number, 5, 4_000_000_000), /is unexpected/],
		['an unknown status', lie(number, 6, 2), /unknown status 2/],
		['an error that is none', lie(number, 6, 1), /an answer/],
		['a length that no message has', lie(hello, 0, 5), /a message of 5 bytes/],
		['a list longer than the answer', lie(number, 7, 0xff_ff_ff), /promises 16777215 entries/],
		['a password wanted', lie(hello, 8, 1), /SASL/],
		[
			'no way to sign in',
			(message, procedure) => (procedure === hello ? shortened(message) : message),
			/promises 1 entries/,
		],
	];

	function shortened(message: Buffer): Buffer {
		const short = message.subarray(0, -4);
		short.writeUInt32BE(short.length, 0);
		return short;
	}

	lies.push([
		'an answer cut short',
		(message, procedure) => (procedure === number ? shortened(message) : message),
		/cut short/,
	]);

	test.each(lies)('%s: virsh takes over, with the same answers, and it is said why', async (_, alter, reason) => {
		const proxy = await lyingSocket(alter);
		const log: LoggedCommand[] = [];
		const uri = `qemu+unix:///session?socket=${encodeURI(proxy.socket)}`;
		// What virsh asks is not lied about: it would not know what to make of it either.
		const honest = {uri: lab.lab.uri, log: (command: LoggedCommand) => log.push(command)};
		const reader = openReader({...honest, uri}, {env: process.env, uid: 0}, patience, virshReader(honest));
		expect(reader.way()).toEqual({kind: 'wire', socket: proxy.socket});
		expect(await reader.domains()).toEqual(await virshReader({uri: lab.lab.uri}).domains());
		expect(reader.way()).toEqual({kind: 'virsh', reason: expect.stringMatching(reason)});
		expect(log.map(({error}) => error)).toContainEqual(expect.stringMatching(/: using virsh from now on$/));
		await reader.hostname();
		expect(log.at(-1)!.argv[0]).toBe('virsh');
	});

	test.each([
		['a number that libvirt does not know', {number: 9999}, /does not understand a question: .*9999/],
		['the number of another procedure', {number: procedures.hostname.number}, /an answer/],
		['arguments of another shape', {takes: struct({})}, /does not understand a question/],
		['answers of another shape', {gives: struct({domains: text})}, /an answer/],
	])('an entry of the table changed, %s: virsh takes over, with the same answers', async (_, change, reason) => {
		const usual = {...procedures.domains};
		ending.push(() => Object.assign(procedures.domains, usual));
		Object.assign(procedures.domains, change);
		const reader = openReader({uri: lab.lab.uri}, {env: process.env, uid: 0}, patience);
		expect(await reader.domains()).toEqual(await virshReader({uri: lab.lab.uri}).domains());
		expect(reader.way()).toEqual({kind: 'virsh', reason: expect.stringMatching(reason)});
	});

	test('a user whom polkit refuses is told what to do, and virsh is not asked the same again', async () => {
		const proxy = await lyingSocket(lie(hello, 8, 2));
		const log: LoggedCommand[] = [];
		const uri = `qemu+unix:///session?socket=${encodeURI(proxy.socket)}`;
		const reader = openReader({uri, log: command => log.push(command)}, {env: process.env, uid: 0}, patience);
		const refused = reader.domains();
		await expect(refused).rejects.toBeInstanceOf(ConnectionError);
		await expect(refused).rejects.toMatchObject({
			message: expect.stringMatching(/^polkit does not let this user manage libvirt: ./),
			remedy: expect.stringMatching(/^Join the libvirt group|^libvirt refuses even root/),
		});
		expect(reader.way().kind).toBe('wire');
		expect(log.filter(({argv}) => argv[0] === 'virsh')).toEqual([]);
	});
});

describe('a reader', () => {
	const surroundings = {env: process.env, uid: 0};

	test('connects again after the daemon was killed, and after it was stopped', async () => {
		const closed = new AbortController();
		ending.push(() => closed.abort());
		const reader = openReader({uri: lab.lab.uri, signal: closed.signal}, surroundings, patience);
		const before = await reader.domains();
		await lab.lab.restartDaemon();
		expect(await waitUntil(() => reader.domains().catch(() => null))).toEqual(before);
		const goOn = await stopDaemon();
		await expect(reader.domains()).rejects.toBeInstanceOf(ConnectionError);
		goOn();
		expect(await waitUntil(() => reader.domains().catch(() => null))).toEqual(before);
		expect(reader.way().kind).toBe('wire');
	});

	test('tells who listens that the daemon is gone', async () => {
		const reader = openReader({uri: lab.lab.uri}, surroundings, patience);
		const heard: string[] = [];
		const listening = reader.listen(new AbortController().signal, ({kind}) => heard.push(kind));
		await waitUntil(async () => {
			await lab.virsh('start', '--paused', 'web-stopped');
			await lab.virsh('destroy', 'web-stopped');
			return heard.includes('lifecycle');
		});
		await lab.lab.restartDaemon();
		expect(await listening).toMatch(/End of file while reading data/);
	});

	test('where no daemon listens virsh asks, and says so in its own words', async () => {
		const uri = `qemu+unix:///session?socket=${lab.lab.folder}/none`;
		const reader = openReader({uri}, surroundings, patience);
		await expect(reader.domains()).rejects.toThrow(/failed to connect to the hypervisor/);
		expect(reader.way().kind).toBe('wire');
	});

	test('nothing more is asked once it is closed', async () => {
		const closed = new AbortController();
		const reader = openReader({uri: lab.lab.uri, signal: closed.signal}, surroundings, patience);
		await reader.domains();
		const goOn = await stopDaemon();
		const question = reader.domains();
		closed.abort();
		await expect(question).rejects.toBeInstanceOf(ConnectionError);
		goOn();
	});
});
