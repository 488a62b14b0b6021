/** Screens as SVG: one that stands still, or many that follow each other. Columns are placed by number, so that every font lines up. */
import {ground, ink, type Run} from './cells.ts';

/** What the screen shows for a while. */
export type Frame = {
	readonly screen: readonly (readonly Run[])[];
	/** Words below it: the key that is about to be pressed. */
	readonly caption: string;
	readonly milliseconds: number;
};

export type Size = {readonly columns: number; readonly rows: number};

const cell = {width: 8.4, height: 18};
const margin = 12;

/** One screen. */
export function still(screen: Frame['screen'], size: Size): string {
	const looks = new Looks();
	const lines = screen.flatMap((runs, y) => (runs.length === 0 ? [] : [line(runs, y * cell.height, looks)]));
	return picture(size, 0, looks.css(), lines.join('\n'));
}

/**
 * Screens in turn, for ever; the last one stands still for those who want no motion. They lie below each other and are moved past a
 * window; a line that several have is written once.
 */
export function moving(frames: readonly Frame[], size: Size): string {
	const looks = new Looks();
	const lines = new Map<string, string>();
	const height = (size.rows + 2) * cell.height;
	const strip = frames.map((frame, index) => {
		const caption = captionRun(frame.caption, size.columns);
		const uses = [...frame.screen, [], ...(caption === null ? [] : [[caption]])].flatMap((runs, y) => {
			if (runs.length === 0) return [];
			const content = line(runs, 0, looks);
			const id = lines.get(content) ?? `l${lines.size.toString(36)}`;
			lines.set(content, id);
			return [`<use href="#${id}" y="${y * cell.height}"/>`];
		});
		return `<g transform="translate(0 ${index * height})">${uses.join('')}</g>`;
	});
	const definitions = [...lines].map(([content, id]) => content.replace('<g', `<g id="${id}"`)).join('\n');
	const window = `width="${size.columns * cell.width}" height="${height}"`;
	return picture(
		size,
		2 * cell.height,
		looks.css() + motion(frames, height),
		`<defs>\n${definitions}\n</defs>\n<svg ${window}><g class="strip">\n${strip.join('\n')}\n</g></svg>`,
	);
}

function motion(frames: readonly Frame[], height: number): string {
	const whole = frames.reduce((sum, {milliseconds}) => sum + milliseconds, 0);
	let passed = 0;
	const steps = frames.map(({milliseconds}, index) => {
		const at = round((100 * passed) / whole);
		passed += milliseconds;
		return `${at}%{transform:translateY(${-index * height}px)}`;
	});
	const last = `translateY(${-(frames.length - 1) * height}px)`;
	return [
		`.strip{animation:strip ${whole / 1000}s step-end infinite}`,
		`@keyframes strip{${steps.join('')}100%{transform:${last}}}`,
		`@media(prefers-reduced-motion:reduce){.strip{animation:none;transform:${last}}}`,
	].join('\n');
}

function captionRun(text: string, columns: number): Run | null {
	if (text === '') return null;
	const width = [...text].length;
	return {x: Math.floor((columns - width) / 2), width, text, colour: ink, background: null, bold: true, dim: false};
}

function picture({columns, rows}: Size, more: number, css: string, content: string): string {
	const width = columns * cell.width + 2 * margin;
	const height = rows * cell.height + 2 * margin + more;
	return `<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>
text{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace}
${css}</style>
<rect width="100%" height="100%" rx="8" fill="${ground}"/>
<g transform="translate(${margin} ${margin})">
${content}
</g>
</svg>
`;
}

function line(runs: readonly Run[], y: number, looks: Looks): string {
	const parts = runs.flatMap(run => [
		...(run.background === null ? [] : [`<rect ${box(run, y)} fill="${run.background}"/>`]),
		...(run.text.trim() === '' ? [] : [label(run, y, looks.of(run))]),
	]);
	return `<g>${parts.join('')}</g>`;
}

function box({x, width}: Run, y: number): string {
	return `x="${round(x * cell.width)}" y="${y}" width="${round(width * cell.width)}" height="${cell.height}"`;
}

function label({x, width, text}: Run, y: number, look: string): string {
	const place = `x="${round(x * cell.width)}" y="${y + 13}" textLength="${round(width * cell.width)}"`;
	// Lines that are drawn of characters have no gaps in a font that is too narrow.
	const stretched = /[\u2500-\u257f]/.test(text) ? ' lengthAdjust="spacingAndGlyphs"' : '';
	return `<text class="${look}" ${place}${stretched}>${escapeXml(text)}</text>`;
}

/** How text looks, each way written once. */
class Looks {
	readonly #names = new Map<string, string>();

	of({colour, bold, dim}: Run): string {
		const rules = `fill:${colour}${bold ? ';font-weight:bold' : ''}${dim ? ';opacity:.6' : ''}`;
		const name = this.#names.get(rules) ?? String.fromCharCode(97 + this.#names.size);
		this.#names.set(rules, name);
		return name;
	}

	css(): string {
		return [...this.#names].map(([rules, name]) => `.${name}{${rules}}\n`).join('');
	}
}

function escapeXml(value: string): string {
	return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function round(value: number): number {
	return Math.round(value * 10) / 10;
}
