import {expect, test} from 'vitest';
import type {Host} from '../../source/core/model/domain.ts';
import type {Outcome} from '../../source/core/model/plan.ts';
import {optionsOf} from '../../source/ui/dialog/options/options.ts';
import {content} from '../../source/ui/reading/content.ts';
import type {Effect} from '../../source/ui/state/actions.ts';
import type {Dialog} from '../../source/ui/state/dialog.ts';
import type {State} from '../../source/ui/state/state.ts';
import {fieldText} from '../../source/ui/terminal/text-field.ts';
import {inventory, overlaid} from './domains.ts';
import {connected, receiptOf} from './fake-hypervisor.ts';
import {after, begin, press, pressed} from './play.ts';

const dialogOf = (state: State): Dialog => {
	if (state.screen.name !== 'dialog') throw new Error(`no dialog but ${state.screen.name}`);
	return state.screen;
};
const stepOf = (state: State) => dialogOf(state).steps[dialogOf(state).at];
const planOf = (outcome: Outcome | null) => (outcome && 'plan' in outcome ? outcome.plan : null);
const started = (effects: readonly Effect[]) => effects.some(({type}) => type === 'carry-out');

/** The planner's choice, as the method menu would report it. */
const choose = (state: State): State => after(state, {type: 'menu-chosen', row: dialogOf(state).row!});

/** The clock that arms the review runs out. */
const arm = (state: State): State => after(state, {type: 'armed', arming: dialogOf(state).arming});

test('create proposes a tag by date', () => {
	expect(fieldText(dialogOf(pressed(begin(), 'c')).field)).toBe('snap-1123-1430');
});

test('typing replaces what is proposed, an edit keeps it, and nothing that was typed is replaced', () => {
	const text = (keys: string) => fieldText(dialogOf(pressed(begin(), keys)).field);
	expect(text('c n e w')).toBe('new');
	expect(fieldText(dialogOf(after(pressed(begin(), 'c'), {type: 'text', text: 'a paste'})).field)).toBe('a paste');
	expect(text('c backspace 1')).toBe('snap-1123-1431');
	expect(text('c end x')).toBe('snap-1123-1430x');
	expect(text('c n enter esc e w')).toBe('new');
});

test('a tag that exists cannot be gone on with, and says why', () => {
	const state = pressed(begin(), 'c ctrl-u f r e s h enter');
	expect(stepOf(state)).toBe('tag');
	expect(state.notice?.text).toContain('fresh');
});

test('an empty tag cannot be gone on with, and says so', () => {
	const state = pressed(begin(), 'c ctrl-u enter');
	expect(stepOf(state)).toBe('tag');
	expect(state.notice?.text).toBe('The tag is empty.');
});

test('create leads from tag to description to method to review', () => {
	const described = pressed(begin(), 'c ctrl-u t 1 enter h i enter');
	expect(stepOf(described)).toBe('menu');
	const review = choose(described);
	expect(stepOf(review)).toBe('review');
	expect(planOf(dialogOf(review).outcome)?.tag).toBe('t1');
	expect(dialogOf(review).intent).toMatchObject({verb: 'create', tag: 't1', description: 'hi'});
});

test('Esc goes back one step and keeps what was typed', () => {
	const state = pressed(begin(), 'c ctrl-u t 1 enter h i enter esc esc');
	expect(stepOf(state)).toBe('tag');
	expect(fieldText(dialogOf(state).field)).toBe('t1');
	expect(pressed(state, 'esc').screen.name).toBe('lists');
});

test('Esc from the review finds the method that was chosen under the cursor', () => {
	const review = after(pressed(begin(), 'c enter enter'), {type: 'menu-chosen', row: 'external-live'});
	expect(dialogOf(pressed(review, 'esc')).row).toBe('external-live');
});

test('a method that is not possible here cannot be chosen', () => {
	const menu = pressed(begin(), 'c enter enter');
	const state = after(menu, {type: 'menu-chosen', row: 'external-offline'});
	expect(stepOf(state)).toBe('menu');
	expect(state.notice?.text).toContain('Not here');
});

test('a held Enter never runs through the review', () => {
	let state = choose(pressed(begin(), 'c enter enter'));
	for (let repeat = 0; repeat < 50; repeat++) {
		const held = press(state, 'enter');
		expect(started(held.effects)).toBe(false);
		state = held.state;
	}
	expect(stepOf(state)).toBe('review');
});

test('the clock of an earlier Enter does not arm the review', () => {
	const first = choose(pressed(begin(), 'c enter enter'));
	const again = pressed(first, 'enter');
	expect(dialogOf(after(again, {type: 'armed', arming: dialogOf(first).arming})).armed).toBe(false);
});

test('the clock of an earlier dialog does not arm the review of a later one', () => {
	const first = pressed(begin(), 'p');
	const later = pressed(first, 'esc p');
	expect(stepOf(later)).toBe('review');
	expect(dialogOf(after(later, {type: 'armed', arming: dialogOf(first).arming})).armed).toBe(false);
});

test('Enter on an armed review carries out the very plan that was shown', () => {
	const review = arm(choose(pressed(begin(), 'c enter enter')));
	const {state, effects} = press(review, 'enter');
	expect(effects).toEqual([
		{type: 'carry-out', host: null, key: state.works[0]!.key, plan: planOf(dialogOf(review).outcome)},
	]);
	expect(state.screen.name).toBe('progress');
});

test('what is destructive wants the tag typed, and nothing less', () => {
	const review = pressed(begin(), 'j l g d enter');
	expect(planOf(dialogOf(review).outcome)?.confirm).toBe('nightly');
	for (const keys of ['enter', 'n i g h enter', 'y enter', 'N I G H T L Y enter'])
		expect(started(press(arm(review), keys).effects)).toBe(false);
	expect(started(press(review, 'n i g h t l y enter').effects)).toBe(true);
});

test('an orphan is deleted by its metadata alone', () => {
	const state = pressed(begin(), 'j l g j j j d');
	expect(dialogOf(state).intent).toEqual({verb: 'delete', tag: 'ghost', metadataOnly: true});
});

test('options change the intent, and the planner is asked again', () => {
	const state = pressed(begin(), 'l g r');
	expect(stepOf(state)).toBe('options');
	expect(dialogOf(pressed(state, 'space')).intent).toHaveProperty('afterwards', 'running');
	expect(dialogOf(pressed(state, 'space space space')).intent).toHaveProperty('afterwards', undefined);
	expect(dialogOf(pressed(state, 'down space')).intent).toMatchObject({safety: true});
});

test('a folder for new overlays is asked for only where a revert makes some', () => {
	const labels = (host: Partial<Host>, keys = 'g l g r') => {
		const domains = [overlaid('layered'), ...inventory.domains];
		const state = pressed(begin({...connected, inventory: {...inventory, domains}}), keys);
		const {facts, intent} = dialogOf(state);
		const there = {...facts!, host: {...facts!.host, ...host}};
		return optionsOf(there, intent).map(row => (row.kind === 'typed' ? row.otherwise : row.label));
	};
	const always = ['State afterwards', 'Take a snapshot first'];
	expect(labels({})).toEqual([...always, 'libvirt chooses']);
	expect(labels({libvirt: '9.0.0', externalSnapshots: false})).toEqual([...always, 'beside each overlay']);
	expect(labels({elsewhere: 'It is on another machine'})).toEqual(always);
	expect(labels({}, 'g j l g r')).toEqual(always);
});

test('a revert that cannot be undone says how it could be', () => {
	const shown = (keys: string) => {
		const lines = content(pressed(begin(), keys)).map(line => line.map(({text}) => text).join(''));
		return lines.join(' ').replaceAll(/ +/g, ' ');
	};
	expect(shown('j l g r enter')).toContain('Undo none, unless you go back (Esc) and take a snapshot first');
	expect(shown('j l g r down space enter')).not.toContain('Undo none');
});

test('a refusal has nothing to carry out', () => {
	const {effects, state} = press(pressed(begin(), 'j j j j c'), 'enter enter enter enter');
	expect(started(effects)).toBe(false);
	expect(state.works).toEqual([]);
});

test('y copies the plan as shell commands', () => {
	const {effects} = press(choose(pressed(begin(), 'c enter enter')), 'y');
	expect(effects).toMatchObject([{type: 'copy', what: '3 commands'}]);
	expect(effects[0]).toHaveProperty('text', expect.stringContaining('virsh -c qemu:///system snapshot-create-as'));
});

test('a plan with a password is not copied, and says what to do instead', () => {
	const review = choose(pressed(begin(), 'c enter enter'));
	const {outcome, ...dialog} = dialogOf(review);
	if (outcome === null || 'refusal' in outcome) throw new Error('no plan');
	const input = "<graphics type='vnc' passwd='s3cr3t'/>";
	const steps = outcome.plan.steps.map(step => ({...step, input}));
	const screen = {...dialog, outcome: {plan: {...outcome.plan, steps}}};
	const {effects, state} = press({...review, screen}, 'y');
	expect(effects).toEqual([]);
	expect(state.notice?.text).toMatch(/^Not copied: .* password\. Carry the plan out here/);
});

test('facts for a dialog that was left do not open it again', () => {
	const opened = after(begin(), {type: 'key', key: 'c'});
	const left = pressed(opened, 'esc');
	expect(left.screen.name).toBe('lists');
	expect(after(left, {type: 'facts-failed', token: 1, domain: null, reason: 'gone'})).toEqual(left);
});

test('one plan at a time: a second is refused with the reason', () => {
	const working = pressed(arm(choose(pressed(begin(), 'c enter enter'))), 'enter esc');
	const state = pressed(working, 'c');
	expect(state.screen.name).toBe('lists');
	expect(state.notice?.text).toContain('still under way');
});

test('Enter leaves the progress of what has ended, and of nothing else', () => {
	const working = pressed(arm(choose(pressed(begin(), 'c enter enter'))), 'enter');
	const held = pressed(working, 'enter');
	expect(held.screen.name).toBe('progress');
	expect(held.notice?.text).toContain('it has not ended yet');
	const {key, plan} = held.works[0]!;
	const done = after(held, {type: 'finished', key, receipt: receiptOf(plan, {status: 'verified', endedAt: 'now'})});
	expect(pressed(done, 'enter').screen.name).toBe('lists');
});

test('quitting while a plan is under way is asked twice', () => {
	const working = pressed(arm(choose(pressed(begin(), 'c enter enter'))), 'enter esc');
	const once = press(working, 'ctrl-c');
	expect(once.effects).toEqual([]);
	expect(once.state.notice?.text).toContain('keeps running when you quit');
	expect(press(once.state, 'ctrl-c').effects).toEqual([{type: 'quit'}]);
	expect(press(pressed(once.state, 'j'), 'ctrl-c').effects).toEqual([]);
});

test.each(['s', 'o', 'u'])('%s, which does nothing now, says why', key => {
	const state = pressed(begin(), key);
	expect(state.screen.name).toBe('lists');
	expect(state.notice?.text).toMatch(/: .+/);
});
