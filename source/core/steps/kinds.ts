/** Every kind of step, and the file that answers for it. */
import type {Does, Kind} from '../model/does.ts';
import {define} from './domains/define.ts';
import {defineNew} from './domains/define-new.ts';
import {dropManagedSave} from './domains/drop-managed-save.ts';
import {endBlockJob} from './domains/end-block-job.ts';
import {liveMerge} from './domains/live-merge.ts';
import {managedSave} from './domains/managed-save.ts';
import {power} from './domains/power.ts';
import {restore} from './domains/restore.ts';
import {save} from './domains/save.ts';
import {setRetention} from './domains/set-retention.ts';
import {undefine} from './domains/undefine.ts';
import {copyFile} from './files/copy-file.ts';
import {newFile} from './files/new-file.ts';
import {privateMode} from './files/private-mode.ts';
import {removeFile} from './files/remove-file.ts';
import {compare} from './images/compare.ts';
import {copyImage} from './images/copy-image.ts';
import {imageSnapshot} from './images/image-snapshot.ts';
import {merge} from './images/merge.ts';
import {overlay} from './images/overlay.ts';
import {rebase} from './images/rebase.ts';
import {repair} from './images/repair.ts';
import {createSnapshot} from './snapshots/create-snapshot.ts';
import {currentSnapshot} from './snapshots/current-snapshot.ts';
import {deleteSnapshot} from './snapshots/delete-snapshot.ts';
import {forgetSnapshot} from './snapshots/forget-snapshot.ts';
import {monitorSnapshot} from './snapshots/monitor-snapshot.ts';
import {recordSnapshot} from './snapshots/record-snapshot.ts';
import {redefineSnapshot} from './snapshots/redefine-snapshot.ts';
import {revertSnapshot} from './snapshots/revert-snapshot.ts';
import type {StepKind} from './step-kind.ts';

export const kinds = {
	'new-file': newFile,
	'private-mode': privateMode,
	'copy-file': copyFile,
	'remove-file': removeFile,
	overlay,
	'image-snapshot': imageSnapshot,
	repair,
	merge,
	rebase,
	compare,
	'copy-image': copyImage,
	'create-snapshot': createSnapshot,
	'delete-snapshot': deleteSnapshot,
	'forget-snapshot': forgetSnapshot,
	'revert-snapshot': revertSnapshot,
	'current-snapshot': currentSnapshot,
	'redefine-snapshot': redefineSnapshot,
	'record-snapshot': recordSnapshot,
	'monitor-snapshot': monitorSnapshot,
	define,
	'define-new': defineNew,
	undefine,
	'live-merge': liveMerge,
	'end-block-job': endBlockJob,
	'set-retention': setRetention,
	save,
	'managed-save': managedSave,
	'drop-managed-save': dropManagedSave,
	restore,
	power,
} as const satisfies {readonly [K in Kind]: StepKind<K>};

/** The answers for whatever this is: the file of its kind takes it for its own. */
export function stepKindOf(does: Does): StepKind<Kind> {
	return kinds[does.kind] as unknown as StepKind<Kind>;
}
