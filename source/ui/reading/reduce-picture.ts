/** When the terminal is asked how it draws pixels: who keeps no pictures is never asked anything. */
import type {Next} from '../state/actions.ts';
import type {ShownPicture, Size, State} from '../state/state.ts';

/** With the first picture that can be drawn at all. Until an answer comes it is drawn in characters. */
export function pictureRead(state: State, shown: ShownPicture): Next {
	const asks = shown.picture !== null && state.pixels === 'unasked' && state.glyphs.upperHalf !== null;
	return asks ? [{...state, shown, pixels: null}, [{type: 'ask-pixels'}]] : [{...state, shown}, []];
}

/** Sixels have a size in pixels, and the cells that they lie on may have another one now. */
export function resized(state: State, size: Size): Next {
	const {pixels} = state;
	const asks = pixels !== 'unasked' && pixels?.by === 'sixel';
	return asks ? [{...state, size, pixels: null}, [{type: 'ask-pixels'}]] : [{...state, size}, []];
}
