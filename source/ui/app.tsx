import {Box, useInput, usePaste} from 'ink';
import {useSyncExternalStore} from 'react';
import {DialogScreen} from './dialog/dialog.tsx';
import {ConnectionLine} from './frame/connection-line.tsx';
import {Footer} from './frame/footer.tsx';
import {TooSmall} from './frame/too-small.tsx';
import {isTyping} from './keys/bindings.ts';
import {keyNameOf} from './keys/names.ts';
import {AllSnapshots} from './lists/all/all.tsx';
import {Lists} from './lists/lists.tsx';
import {content} from './reading/content.ts';
import {Details} from './reading/details.tsx';
import {Reader} from './reading/reader.tsx';
import {DispatchProvider} from './state/dispatch.ts';
import {isTooSmall} from './state/layout.ts';
import type {State} from './state/state.ts';
import type {Store} from './store.ts';
import {type Theme, ThemeProvider} from './terminal/theme.ts';

type Props = {readonly store: Store; readonly theme: Theme};

/** Composition only: input to the store, state to the screens. */
export function App({store, theme}: Props) {
	const state = useSyncExternalStore(store.subscribe, store.state);
	useInput((input, key) => {
		const name = keyNameOf(input, key);
		if (name !== null) store.dispatch({type: 'key', key: name});
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
		<Box flexDirection="column" width={columns} height={rows}>
			<ConnectionLine state={state} />
			<Body state={state} />
			<Footer state={state} rows={content(state).length} />
		</Box>
	);
}

function Body({state}: {readonly state: State}) {
	const {screen} = state;
	if (screen.name === 'lists')
		return (
			<>
				<Lists state={state} />
				<Details state={state} />
			</>
		);
	if (screen.name === 'all') return <AllSnapshots state={state} />;
	return screen.name === 'dialog' ? <DialogScreen state={state} dialog={screen} /> : <Reader state={state} />;
}
