import {createContext, useContext} from 'react';
import type {Action} from './actions.ts';

const DispatchContext = createContext<(action: Action) => void>(() => {});
export const DispatchProvider = DispatchContext.Provider;
/** For components that bring their own input, such as the method menu. */
export const useDispatch = (): ((action: Action) => void) => useContext(DispatchContext);
