import {render} from 'ink-testing-library';
import {expect, test} from 'vitest';
import {ConnectionLine} from '../../source/ui/frame/connection-line.tsx';
import {Footer} from '../../source/ui/frame/footer.tsx';
import {begin, pressed} from './play.ts';

const size = {columns: 100, rows: 24};

test('the footer holds the notice above the keys', () => {
	const {lastFrame} = render(<Footer state={pressed(begin(undefined, size), 's')} />);
	expect(lastFrame()).toBe(
		[
			' ! s, start the domain: the domain is already running',
			' Tab pane  c create  r revert  d delete  Enter details  / filter  t tree  b chains  ? help  q quit',
		].join('\n'),
	);
});

test('where there is little room, help and the way out stay', () => {
	const {lastFrame} = render(<Footer state={begin(undefined, {columns: 60, rows: 16})} />);
	expect(lastFrame()).toContain('? help  q quit');
});

test('where there is little room, what takes the marks stays as well', () => {
	const state = pressed(begin(undefined, {columns: 60, rows: 16}), 'space k l space');
	expect(render(<Footer state={state} />).lastFrame()).toBe('\n c create 1  d delete 1  ? help  Esc unmark  q quit');
});

test('the connection line names whom we talk to', () => {
	const {lastFrame} = render(<ConnectionLine state={begin(undefined, size)} />);
	expect(lastFrame()).toMatch(/^ virsnap qemu:\/\/\/system +libvirt 11\.3\.0 {2}QEMU 10\.0\.2/);
});
