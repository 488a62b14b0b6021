/** The one place where the UI touches the world. Answers come back as actions. */
import {setTimeout as delay} from 'node:timers/promises';
import pLimit from 'p-limit';
import type {Hypervisor, LentTerminal} from '../core/model/hypervisor.ts';
import type {Receipt} from '../core/model/receipt.ts';
import type {ChoiceId} from '../core/recover/recovery.ts';
import {remedyOf} from '../core/words/foreseen-error.ts';
import {printable, shellCommand, shellWord, t} from '../core/words/text.ts';
import {type InsideOpener, insideOpener} from './inside/opener.ts';
import type {Action, Effect} from './state/actions.ts';
import {type DomainKey, type HostName, splitKey} from './state/hosts/placed.ts';
import {asKeys} from './state/remedy-text.ts';
import type {HostCommand} from './state/state.ts';

/** Longer than the delay after which a held key begins to repeat, on the terminals and desktops we know (250–660 ms). */
const ARMING_MS = 700;

/** Whoever runs through the list does not want each domain's tables read. */
const DWELL_MS = 250;

/** What ended longer ago is no news, but can still be looked at. */
const NEWS_MS = 24 * 60 * 60 * 1000;

/** Of a thousand hosts that answer in one moment keys would have to wait for all. */
const ASKED_AT_ONCE = 16;

/** One that is silent holds up nobody for longer. */
const TURN_MS = 500;

const asking = pLimit(ASKED_AT_ONCE);

/** What effects are performed with. */
type EffectInputs = {
	/** In the order given. */
	readonly hosts: readonly {readonly name: HostName; readonly hypervisor: Hypervisor}[];
	readonly dispatch: (action: Action) => void;
	/** What a host tells: with what others tell in the same moment. */
	readonly tell: (action: Action) => void;
	/** Text to the clipboard of the terminal; kept for when the program ends as well. */
	readonly copy: (text: string) => void;
	/** The whole screen, whatever else has written on it. */
	readonly redraw: () => void;
	readonly askPixels: () => void;
	readonly suspend: () => void;
	/** The text as the person has left it in an editor; null where none could be opened now. */
	readonly edit: (text: string) => Promise<string | null>;
	/** Calls with the terminal in the hands of the ssh to this host; null where it is lent already. */
	readonly lend: (whom: string, asked: (lent: LentTerminal) => Promise<void>) => Promise<true | null>;
	readonly quit: () => void;
	/** ISO 8601. */
	readonly now: () => string;
};

type EffectContext = EffectInputs & {
	/** The one of that name. */
	readonly at: (host: HostName) => Hypervisor;
	readonly sizes: (domain: DomainKey) => void;
	readonly inside: InsideOpener;
};

export function performer(inputs: EffectInputs): (effect: Effect) => void {
	const at = (host: HostName) => inputs.hosts.find(({name}) => name === host)!.hypervisor;
	const {dispatch} = inputs;
	const around: EffectContext = {
		...inputs,
		at,
		sizes: sizeReader(at, dispatch),
		inside: insideOpener({at, dispatch}, words),
	};
	// One entry answers each kind of effect, which TypeScript cannot tell of a look-up by that kind.
	return effect => (PERFORM[effect.type] as Perform<Effect>)(effect, around);
}

type Perform<Asked extends Effect> = (effect: Asked, around: EffectContext) => void;

const PERFORM: {readonly [Type in Effect['type']]: Perform<Extract<Effect, {readonly type: Type}>>} = {
	refresh: (_, around) => {
		around.redraw();
		for (const {name, hypervisor} of around.hosts) orSay(around, name, 'Could not read again', hypervisor.refresh());
	},
	'read-facts': ({domain, folders, file, token}, {at, dispatch}) => {
		const {host, uuid} = splitKey(domain);
		answer(
			at(host).facts(uuid, folders, file),
			host,
			facts => dispatch({type: 'facts', token, domain, facts}),
			reason => dispatch({type: 'facts-failed', token, domain, reason}),
		);
	},
	'read-together': ({domain, tags, token}, {at, dispatch}) => {
		const {host, uuid} = splitKey(domain);
		answer(
			at(host).sizeTogether(uuid, tags),
			host,
			together => dispatch({type: 'together', token, domain, together}),
			() => {},
		);
	},
	'read-sizes': ({domain}, {sizes}) => sizes(domain),
	'read-picture': ({domain, createdAt}, {at, dispatch}) => {
		const {host, uuid} = splitKey(domain);
		answer(
			at(host).picture(uuid, createdAt),
			host,
			picture => dispatch({type: 'picture', shown: {domain, createdAt, picture}}),
			() => {},
		);
	},
	'ask-pixels': (_, {askPixels}) => askPixels(),
	'read-recovery': ({host, id, token}, {at, dispatch}) =>
		answer(
			at(host).recovery(id),
			host,
			recovery => dispatch({type: 'recovery', token, recovery}),
			reason => dispatch({type: 'facts-failed', token, domain: null, reason}),
		),
	'open-snapshot': (effect, {inside}) => inside.open(effect),
	'close-snapshot': ({token}, {inside}) => inside.close(token),
	arm: ({arming}, {dispatch}) => {
		setTimeout(() => dispatch({type: 'armed', arming}), ARMING_MS).unref();
	},
	// Where it cannot be, the operation itself says why.
	prepare: ({host}, {at}) =>
		void at(host)
			.prepare()
			.catch(() => {}),
	'carry-out': ({host, key, plan}, around) =>
		operation(key, host, onReceipt => around.at(host).carryOut(plan, onReceipt), around),
	follow: ({host, key, id}, around) => operation(key, host, onReceipt => around.at(host).follow(id, onReceipt), around),
	recover: ({host, key, id, choice}, around) => {
		if (key !== null) operation(key, host, onReceipt => around.at(host).recover(id, choice, onReceipt), around);
		else orSay(around, host, 'Not closed', close(host, id, choice, around));
	},
	cancel: ({host, id}, around) => orSay(around, host, 'Could not be cancelled', around.at(host).cancel(id)),
	'look-back': ({host}, around) => {
		for (const {name, hypervisor} of around.hosts) {
			if (host !== undefined && name !== host) continue;
			const work = lookBack(name, hypervisor, around);
			// Of several the line of the host says why.
			if (name === null) orSay(around, name, 'Receipts could not be read', work);
			else work.catch(() => {});
		}
	},
	'read-log': (_, {hosts, dispatch}) => dispatch({type: 'log', entries: logOf(hosts)}),
	'ask-hosts': (_, {hosts, tell}) => {
		for (const {name, hypervisor} of hosts) {
			const asked = async () => {
				// Asked, it would be connected to, and hosts lock out who fails too often; once it is back it is asked anyway.
				if (hypervisor.view().connection.status === 'lost') return;
				await Promise.all([
					hypervisor.contact().then(contact => contact && tell({type: 'contact', host: name, contact})),
					hypervisor.fileSystems().then(fileSystems => tell({type: 'file-systems', host: name, fileSystems})),
				]);
			};
			// What goes wrong is told by the view.
			asking(() => Promise.race([asked(), delay(TURN_MS, undefined, {ref: false})])).catch(() => {});
		}
	},
	copy: ({text, what, commandsFor}, around) =>
		orSay(around, commandsFor?.host ?? null, 'Not copied', copy(text, what, commandsFor, around)),
	'edit-text': ({text, token}, around) => orSay(around, null, 'Not changed', editText(text, token, around)),
	'let-ask': ({host}, around) => void letAsk(host, around),
	suspend: (_, {suspend}) => suspend(),
	quit: (_, {quit}) => quit(),
};

const say = ({dispatch}: EffectInputs, tone: 'ok' | 'bad', text: string): void =>
	dispatch({type: 'notice', notice: {tone, text}});

/** What fails is said on the screen. */
function orSay(around: EffectInputs, host: HostName, failure: string, work: Promise<unknown>): void {
	work.catch((error: unknown) => say(around, 'bad', `${failure}: ${words(error, host)}`));
}

function answer<Value>(
	asked: Promise<Value>,
	host: HostName,
	done: (value: Value) => void,
	failed: (reason: string) => void,
): void {
	asked.then(done, (error: unknown) => failed(words(error, host)));
}

/** Reports while it runs, then how it ended. */
function operation(
	key: number,
	host: HostName,
	start: (onReceipt: (receipt: Receipt) => void) => Promise<Receipt>,
	{dispatch}: EffectInputs,
): void {
	answer(
		start(receipt => dispatch({type: 'receipt', key, receipt})),
		host,
		receipt => dispatch({type: 'finished', key, receipt}),
		reason => dispatch({type: 'work-failed', key, reason}),
	);
}

/** Pasted into a shell of this machine, commands for another one would find other files under the same names. */
async function copy(
	text: string,
	what: string,
	commandsFor: {readonly host: HostName} | undefined,
	around: EffectContext,
): Promise<void> {
	const machine = commandsFor === undefined ? null : await around.at(commandsFor.host).machine();
	around.copy(machine === null ? text : `${shellCommand([...machine.ssh, 'sh', '-c', shellWord(text)])}\n`);
	const where = machine === null ? '' : t` for ${machine.name}`;
	say(around, 'ok', `${what}${where} copied to the terminal clipboard; also printed on exit`);
}

async function editText(text: string, token: number, {edit, dispatch}: EffectContext): Promise<void> {
	const edited = await edit(text);
	if (edited !== null) dispatch({type: 'text-edited', token, text: edited});
}

/** What is to be done about it stands with the host. */
async function letAsk(host: HostName, around: EffectContext): Promise<void> {
	const called = host ?? 'The host';
	// Not before what the host itself has told.
	const after: EffectInputs = {...around, dispatch: around.tell};
	try {
		const done = await around.lend(host ?? 'the host', lent => around.at(host).answer(lent));
		if (done) say(after, 'ok', t`${called} is connected.`);
	} catch (error) {
		say(after, 'bad', t`${called}: ${(error as Error).message}`);
	}
}

async function close(host: HostName, id: string, choice: ChoiceId, {at, dispatch}: EffectContext): Promise<void> {
	dispatch({type: 'closed', host, receipt: await at(host).recover(id, choice)});
}

/** Of all hosts, as if it were one log. */
function logOf(hosts: EffectInputs['hosts']): HostCommand[] {
	const entries = hosts.flatMap(({name: host, hypervisor}) => hypervisor.commandLog().map(entry => ({...entry, host})));
	return hosts.length < 2 ? entries : entries.toSorted((one, other) => (one.at < other.at ? -1 : 1));
}

/** One domain at a time: the one requested last, once the cursor has rested on it. */
function sizeReader(at: EffectContext['at'], dispatch: EffectInputs['dispatch']): EffectContext['sizes'] {
	let turn = {domain: null as DomainKey | null, again: false};
	let leave = () => {};

	async function read(mine: typeof turn, domain: DomainKey, signal: AbortSignal): Promise<void> {
		const {host, uuid} = splitKey(domain);
		try {
			while (mine.again) {
				mine.again = false;
				dispatch({type: 'sizes', domain, sizes: await at(host).sizes(uuid, {signal})});
			}
		} finally {
			// Whatever ended it: the next request for this domain begins anew.
			mine.domain = null;
		}
	}

	return domain => {
		// The guest of a running domain changes it all the time: what is being read is not begun anew for that.
		if (turn.domain === domain) {
			turn.again = true;
			return;
		}
		leave();
		const mine = {domain, again: true};
		turn = mine;
		if (domain === null) return;
		const rest = setTimeout(() => {
			const left = new AbortController();
			leave = () => left.abort();
			// It rejects only where it was left, or the program ends.
			read(mine, domain, left.signal).catch(() => {});
		}, DWELL_MS).unref();
		leave = () => clearTimeout(rest);
	};
}

async function lookBack(host: HostName, hypervisor: Hypervisor, {tell, now}: EffectInputs): Promise<void> {
	let receipts = await hypervisor.receipts();
	const open = receipts.some(({endedAt}) => endedAt === null);
	const unfinished = open ? await hypervisor.unfinished() : [];
	// One may have ended between the two questions.
	if (open) receipts = await hypervisor.receipts();
	const ended = receipts.filter(({endedAt}) => endedAt !== null);
	const past = ended.toSorted((a, b) => (a.endedAt! < b.endedAt! ? -1 : 1));
	const since = new Date(Date.parse(now()) - NEWS_MS).toISOString();
	tell({type: 'found', host, unfinished, past, since});
}

/** The reason, and what to do about it where the error says so. */
function words(error: unknown, host: HostName): string {
	if (!(error instanceof Error)) return printable(String(error));
	const next = remedyOf(error);
	return [printable(error.message), ...(next === null ? [] : [asKeys(next, {host, uuid: null})])].join(' ');
}
