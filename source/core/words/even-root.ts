/** Words for root, apart from planners: to read a host needs the words of failures, and no planner. */

/** Root is kept from a file only by the file system, or by a server that does not know root (NFS root_squash). */
export const evenRoot =
	'Even root may not: see whether its file system is mounted read-only (findmnt -T FILE), whether the file is immutable (lsattr FILE), or whether an NFS server maps root to nobody.';
