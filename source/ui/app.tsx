import {Box, useInput, usePaste} from 'ink';
import {useSyncExternalStore} from 'react';
import {ConnectionLine} from './components/connection-line.tsx';
import {Footer} from './components/footer.tsx';
import {DispatchProvider} from './dispatch.ts';
import {actionOf} from './input.ts';
import {isTyping} from './key-bindings.ts';
import {nameOf} from './keys.ts';
import {isTooSmall} from './layout.ts';
import {Dialog} from './screens/dialog.tsx';
import {Lists} from './screens/lists.tsx';
import {Reader} from './screens/reader.tsx';
import {TooSmall} from './screens/too-small.tsx';
import type {State} from './state.ts';
import type {Store} from './store.ts';
import {type Theme, ThemeProvider} from './theme.ts';

type Props = {readonly store: Store; readonly theme: Theme};

/** Composition only: input to the store, state to the screens. */
export function App({store, theme}: Props) {
	const state = useSyncExternalStore(store.subscribe, store.state);
	useInput((input, key) => {
		const name = nameOf(input, key);
		const action = name === null ? null : actionOf(store.state(), name);
		if (action) store.dispatch(action);
	});
	// Always listening: without it a paste would be taken for keys.
	usePaste(text => {
		if (isTyping(store.state())) store.dispatch({type: 'text', text});
	});
	return (
		<ThemeProvider value={theme}>
			<DispatchProvider value={store.dispatch}>
				<Screen state={state} />
			</DispatchProvider>
		</ThemeProvider>
	);
}

function Screen({state}: {readonly state: State}) {
	const {columns, rows} = state.size;
	if (isTooSmall(state.size)) return <TooSmall state={state} />;
	return (
		<Box flexDirection="column" width={columns} height={rows} overflow="hidden">
			<ConnectionLine state={state} />
			<Body state={state} />
			<Footer state={state} />
		</Box>
	);
}

function Body({state}: {readonly state: State}) {
	const {screen} = state;
	if (screen.name === 'lists') return <Lists state={state} />;
	return screen.name === 'dialog' ? <Dialog state={state} dialog={screen} /> : <Reader state={state} />;
}
