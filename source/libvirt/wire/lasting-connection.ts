/** One connection for many questions. */
import type {Connection} from './connection.ts';

/** Gives the same connection until it ends; whoever asks then has a new one opened, as after one that could not be opened. */
export function lastingConnection(open: () => Promise<Connection>): () => Promise<Connection> {
	let connecting: Promise<Connection> | null = null;
	return () => {
		if (connecting === null) {
			const mine = open();
			connecting = mine;
			const forget = () => {
				if (connecting === mine) connecting = null;
			};
			mine.then(({ended}) => ended.then(forget), forget);
		}

		return connecting;
	};
}
