/**
 * The procedures that are called, by their numbers: what each takes and what it gives.
 *
 * The numbers are libvirt's own and for ever (`src/remote/remote_protocol.x`, `qemu_protocol.x`: procedures are only ever added, since
 * old clients must reach new daemons). All of them only look.
 */
import {domainShape, numbers, qemuProgram, remoteProgram} from './message.ts';
import {int, list, optional, parameter, type Shape, struct, text, unsigned, unsignedHyper, uuid} from './xdr.ts';

export type Procedure<Takes, Gives> = {
	readonly program: number;
	readonly number: number;
	readonly takes: Shape<Takes>;
	readonly gives: Shape<Gives>;
};

function remote<Takes, Gives>(number: number, takes: Shape<Takes>, gives: Shape<Gives>): Procedure<Takes, Gives> {
	return {program: remoteProgram, number, takes, gives};
}

const nothing = struct({});
const xml = struct({xml: text});
const domain = struct({domain: domainShape, flags: unsigned});
const disk = struct({domain: domainShape, disk: text, flags: unsigned});
const snapshotShape = struct({name: text, domain: domainShape});
const pool = struct({name: text, uuid});
const volume = struct({pool: text, name: text, key: text});
const named = struct({name: text});
/** `wanted`: 1 for the list, 0 for its length alone. */
const listOfDomain = struct({domain: domainShape, wanted: int, flags: unsigned});

export const procedures = {
	open: remote(1, struct({name: optional(text), flags: unsigned}), nothing),
	close: remote(2, nothing, nothing),
	hypervisorType: remote(3, nothing, struct({type: text})),
	hypervisorVersion: remote(4, nothing, struct({version: unsignedHyper})),
	capabilities: remote(7, nothing, xml),
	domainXml: remote(14, domain, xml),
	hostname: remote(59, nothing, struct({name: text})),
	authenticationList: remote(66, nothing, struct({types: numbers})),
	authenticatePolkit: remote(70, nothing, struct({complete: int})),
	poolByName: remote(84, named, struct({pool})),
	poolXml: remote(88, struct({pool, flags: unsigned}), xml),
	volumeByName: remote(95, struct({pool, name: text}), struct({volume})),
	volumeByKey: remote(96, struct({key: text}), struct({volume})),
	volumeByPath: remote(97, struct({path: text}), struct({volume})),
	volumeXml: remote(99, struct({volume, flags: unsigned}), xml),
	libraryVersion: remote(157, nothing, struct({version: unsignedHyper})),
	snapshotXml: remote(186, struct({snapshot: snapshotShape, flags: unsigned}), xml),
	currentSnapshot: remote(191, domain, struct({snapshot: snapshotShape})),
	blockInfo: remote(194, disk, struct({allocation: unsignedHyper, capacity: unsignedHyper, physical: unsignedHyper})),
	domainState: remote(212, domain, struct({state: int, reason: int})),
	saveImageXml: remote(235, struct({file: text, flags: unsigned}), xml),
	blockJob: remote(
		238,
		disk,
		struct({found: int, type: int, bandwidth: unsignedHyper, current: unsignedHyper, end: unsignedHyper}),
	),
	domains: remote(273, struct({wanted: int, flags: unsigned}), struct({domains: list(domainShape), count: unsigned})),
	snapshots: remote(274, listOfDomain, struct({snapshots: list(snapshotShape), count: int})),
	jobStatistics: remote(298, domain, struct({type: int, values: list(parameter)})),
	registerEvent: remote(316, struct({event: int, domain: optional(domainShape)}), struct({callback: int})),
	checkpoints: remote(413, listOfDomain, struct({checkpoints: list(snapshotShape), count: int})),
	monitorCommand: {
		program: qemuProgram,
		number: 1,
		takes: struct({domain: domainShape, command: text, flags: unsigned}),
		gives: struct({answer: text}),
	},
} as const;

/**
 * Events by libvirt's number (virDomainEventID), with the procedure that brings them and their name in `virsh event`. Those that some
 * guests raise again and again and that tell nothing we show (clock, balloon, graphics, watchdog) are not asked for.
 */
export const domainEvents = [
	{event: 0, procedure: 318, kind: 'lifecycle'},
	{event: 1, procedure: 319, kind: 'reboot'},
	{event: 6, procedure: 324, kind: 'io-error-reason'},
	{event: 9, procedure: 327, kind: 'disk-change'},
	{event: 10, procedure: 328, kind: 'tray-change'},
	{event: 11, procedure: 329, kind: 'pm-wakeup'},
	{event: 12, procedure: 330, kind: 'pm-suspend'},
	{event: 14, procedure: 332, kind: 'pm-suspend-disk'},
	{event: 15, procedure: 333, kind: 'device-removed'},
	{event: 16, procedure: 339, kind: 'block-job-2'},
	{event: 18, procedure: 348, kind: 'agent-lifecycle'},
	{event: 19, procedure: 354, kind: 'device-added'},
	{event: 21, procedure: 363, kind: 'job-completed'},
	{event: 23, procedure: 379, kind: 'metadata-change'},
] as const;
