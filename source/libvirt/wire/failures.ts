/** The three ways in which asking over the wire fails. */
import {CommandError, ConnectionError} from '../errors.ts';

/** libvirt answered with an error: this question failed, the connection is sound. The message is libvirt's own. */
export class RefusedError extends CommandError {
	/** A number of virErrorNumber (https://libvirt.org/html/libvirt-virterror.html). */
	readonly code: number;

	constructor(code: number, message: string) {
		super(['libvirt'], null, message);
		this.name = 'RefusedError';
		this.code = code;
	}
}

/** No daemon, no right to ask it, or the connection broke. Nothing is known about the question itself. */
export class LostError extends ConnectionError {
	constructor(message: string) {
		super(['libvirt'], null, message);
		this.name = 'LostError';
	}
}

/** No daemon listens at the socket, or it refuses this user. */
export class UnreachableError extends LostError {
	constructor(message: string) {
		super(message);
		this.name = 'UnreachableError';
	}
}

/** The other side does not speak the protocol as it is known here. What it says is not to be trusted: virsh has to ask. */
export class SurpriseError extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'SurpriseError';
	}
}
