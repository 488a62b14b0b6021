/** What effects are performed with, where a test looks at nothing of it: it says what it looks at. */
const nothing = () => {};

export const quietInputs = {
	dispatch: nothing,
	tell: nothing,
	copy: nothing,
	redraw: nothing,
	askPixels: nothing,
	suspend: nothing,
	lend: async () => null,
	edit: async (text: string) => text,
	quit: nothing,
	now: () => '2026-11-23T14:30:12Z',
};
