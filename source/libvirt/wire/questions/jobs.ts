/** Questions about what libvirt and QEMU do with a domain at this moment. */
import {type LibvirtReader, orNull} from '../../reader.ts';
import {RefusedError} from '../failures.ts';
import {procedures} from '../procedures.ts';
import {type AskDaemon, domainByUuid} from './ask.ts';
import {blockJobWords, operationWords} from './words.ts';

/** virDomainJobType: those that are under way. */
const underWay = [1, 2];

/** What the daemon tells of it. */
export function wireJobs(ask: AskDaemon): Pick<LibvirtReader, 'job' | 'blockJob'> {
	return {
		async job(uuid) {
			try {
				const {type, values} = await ask(procedures.jobStatistics, {domain: domainByUuid(uuid), flags: 0});
				if (!underWay.includes(type)) return null;
				const value = Object.fromEntries(values) as Record<string, number | undefined>;
				const {data_total: total, data_remaining: left, operation} = value;
				const progress = total && left !== undefined ? {doneBytes: total - left, totalBytes: total} : null;
				return {operation: operationWords(operation ?? 0), progress};
			} catch (error) {
				if (!(error instanceof RefusedError)) throw error;
				// libvirt 9.0 has no words for a snapshot that it deletes, but says by this error that it does.
				return /invalid job statistics type/.test(error.message) ? {operation: 'operation', progress: null} : null;
			}
		},
		async blockJob(uuid, target) {
			const answer = await orNull(ask(procedures.blockJob, {domain: domainByUuid(uuid), disk: target, flags: 0}));
			if (!answer?.found) return null;
			const progress = {doneBytes: answer.current, totalBytes: answer.end};
			return {type: blockJobWords(answer.type), progress};
		},
	};
}
