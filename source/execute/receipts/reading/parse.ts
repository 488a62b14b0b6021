/** The text of a receipt's file, of this version or the one before. */
import type {Receipt} from '../../../core/model/receipt.ts';
import {isRecord} from './loose.ts';
import {checkReceipt} from './schema.ts';
import {fromVersion1} from './version-1.ts';

/** The receipt, or in a few words what is wrong with it. */
export function parseReceipt(text: string): {readonly receipt: Receipt} | {readonly reason: string} {
	const value = parsed(text);
	if (!isRecord(value)) return {reason: 'it is not a complete JSON document'};
	if (value.version === 2) return checkReceipt(value);
	if (value.version !== 1)
		return {reason: `it is of version ${JSON.stringify(value.version) ?? 'none'}, which this program does not know`};
	const renewed = fromVersion1(value);
	return renewed === null ? {reason: 'it holds a command that version 1 does not know'} : checkReceipt(renewed);
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
