/**
 * Code of a function `kept`, for packages that work out the same from the same text in each frame. Most rows are those of the frame before;
 * what is known is forgotten once it is much more than a screen has.
 */
export const KEPT = `
function kept(make) {
	const known = new Map();
	return text => {
		let made = known.get(text);
		if (made === undefined) {
			if (known.size >= 2000) known.clear();
			made = make(text);
			known.set(text, made);
		}
		return made;
	};
}
`;
