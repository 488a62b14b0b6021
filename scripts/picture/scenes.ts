/** What is pressed for each picture, and what the screen shows then. */

export type Act = {
	readonly keys: string;
	readonly appears: RegExp;
	/** Where it is filmed: what is said below before the keys are pressed, and how long the screen then stands. */
	readonly says?: string;
	readonly stands?: number;
};

const reading = 2600;
const glance = 1300;

/** Stills, each file with the acts that lead to it; the screen is taken once the last thing to appear is there. */
export const stills: Readonly<Record<string, readonly Act[]>> = {
	'docs/screen.svg': [
		{keys: '', appears: /Koan +running/},
		{keys: '/Koan\r', appears: /k3-snap/},
		// Esc takes the filter away, and the selection stays.
		{keys: '\u001B', appears: /DBHost/},
		{keys: '\t', appears: /Size +delete frees/},
	],
	'docs/review.svg': [
		{keys: '', appears: /Koan +running/},
		{keys: '/Koan\r', appears: /k3-snap/},
		{keys: '\tr', appears: /State afterwards/},
		{keys: '\r', appears: /Type k3-snap/},
	],
};

/** The tag, letter by letter, in the field that stands behind these words. */
function typed(behind: string): Act[] {
	const tag = 'release-11';
	return [...tag].map((letter, index) => ({
		keys: letter,
		appears: new RegExp(`${behind}[\\s\\S]*${tag.slice(0, index + 1)}`),
		stands: 90,
	}));
}

/** The main job: a snapshot before an upgrade, and back to it. */
export const recording: readonly Act[] = [
	{keys: '', appears: /after-upgrade[\s\S]*before-upgrade|before-upgrade[\s\S]*after-upgrade/, stands: reading},
	{keys: 'c', appears: /step 1 of 4/, says: 'c  create a snapshot', stands: glance},
	{keys: '\u0015', appears: /step 1 of 4/, stands: 0},
	...typed('step 1 of 4'),
	{keys: '\r', appears: /step 2 of 4/, says: 'Enter', stands: reading},
	{keys: '\r', appears: /step 3 of 4/, says: 'Enter: the method that virsnap chose', stands: glance},
	{keys: '\r', appears: /Press Enter/, says: 'Enter: the plan is shown first', stands: reading * 1.4},
	{keys: '\r', appears: /Done and verified/, says: 'Enter: carry it out', stands: reading},
	{keys: 'q', appears: /release-11 .* ok/, says: 'q  back to the list', stands: reading},
	{keys: '\tr', appears: /State afterwards/, says: 'r  revert to it', stands: reading},
	{keys: '\r', appears: /Type release-11/, says: 'Enter: what will be lost is said', stands: reading * 1.4},
	...typed('Type release-11'),
	{keys: '\r', appears: /Done and verified/, says: 'Its name is typed, Enter', stands: reading},
	{keys: 'q', appears: /release-11 .* ok/, says: 'q  back to the list', stands: reading},
];
