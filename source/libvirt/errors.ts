import {ForeseenError} from '../core/words/foreseen-error.ts';
import {firstWords} from '../programs/first-words.ts';
import {remedyFor} from './remedies.ts';

/** A command that failed, with its own words. `exitCode` is null where it never ran or was killed by a signal. */
export class CommandError extends ForeseenError {
	readonly argv: readonly string[];
	readonly exitCode: number | null;
	/** Verbatim; sanitise before drawing. */
	readonly stderr: string;
	/** Null where the table of remedies knows nothing. */
	readonly remedy: string | null;

	constructor(argv: readonly string[], exitCode: number | null, stderr: string) {
		super(firstWords(stderr) || `${argv[0]} ended with status ${exitCode ?? 'unknown'}`);
		this.name = 'CommandError';
		this.argv = argv;
		this.exitCode = exitCode;
		this.stderr = stderr;
		this.remedy = remedyFor(stderr);
	}
}

/** libvirt could not be asked: no daemon, no right to, or the connection broke. Nothing is known about the question itself. */
export class ConnectionError extends CommandError {
	constructor(argv: readonly string[], exitCode: number | null, stderr: string) {
		super(argv, exitCode, stderr);
		this.name = 'ConnectionError';
	}
}

/** There is no domain of this UUID: libvirt has told which there are. */
export class NoDomainError extends CommandError {
	constructor(uuid: string) {
		super(['virsh', 'dominfo', uuid], 1, `error: failed to get domain '${uuid}'`);
		this.name = 'NoDomainError';
	}
}
