import {cut, fit, type Line, span, width} from './line.ts';
import {LineView} from './line-view.tsx';
import {type Tone, useTheme} from './theme.ts';

/** Columns that the rule takes on both sides of a title with nothing at its right. */
export const TITLE_MARGIN = 4;

type Props = {
	readonly title: string;
	readonly right?: string;
	readonly columns: number;
	readonly focused?: boolean;
	/** Of the title itself. */
	readonly tone?: Tone;
	readonly typing?: boolean;
};

/** "── Title ─────── right ─"; while it is typed at, its end stays in view. */
export function TitleLine({title, right = '', columns, focused = false, tone, typing = false}: Props) {
	const {glyphs} = useTheme();
	const rule = glyphs.horizontal;
	const head = focused ? `${glyphs.running} ` : `${rule} `;
	const tail = right === '' ? rule : ` ${right} ${rule}`;
	const text = cut(title, columns - head.length - tail.length - 1, glyphs.ellipsis, typing ? 'start' : 'end');
	const line: Line = [span(head, focused ? 'accent' : 'dim'), span(`${text} `, tone ?? (focused ? 'title' : 'plain'))];
	const filling = Math.max(0, columns - width(line) - tail.length);
	const end = fit(rule.repeat(filling) + tail, columns - width(line));
	return <LineView columns={columns} line={[...line, span(end, 'dim')]} />;
}
