/** How the daemon is asked, and what nearly every question says. */
import type {Procedure} from '../procedures.ts';

/** Calls a procedure, over a connection that may be asked. */
export type AskDaemon = <Takes, Gives>(procedure: Procedure<Takes, Gives>, takes: Takes) => Promise<Gives>;

/** libvirt looks domains up by UUID; the name only stands in its words when there is none. */
export const domainByUuid = (uuid: string) => ({name: uuid, uuid, id: -1});

/** virDomainXMLFlags; the same bit means passwords for snapshots and saved memory too. */
export const xmlFlags = {secure: 1, inactive: 2} as const;
