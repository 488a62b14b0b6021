/** THE table of commands, in the order of the help. A new command is one file beside the others and one line here. */

import {plan} from './change/plan.ts';
import {verbs} from './change/verbs/verbs.ts';
import type {Command} from './command.ts';
import {complete} from './completion/complete.ts';
import {completion} from './completion/completion.ts';
import {doctor} from './doctor/doctor.ts';
import {help} from './help/help.ts';
import {man} from './help/man.ts';
import {cancel} from './operations/cancel.ts';
import {carryOut} from './operations/carry-out.ts';
import {log} from './operations/log.ts';
import {recover} from './operations/recover.ts';
import {undo} from './operations/undo.ts';
import {diff} from './show/diff.ts';
import {list} from './show/list.ts';
import {size} from './show/size.ts';
import {demo} from './start/demo.ts';

export const commands: readonly Command[] = [
	list,
	size,
	diff,
	plan,
	...verbs,
	log,
	undo,
	recover,
	cancel,
	doctor,
	demo,
	help,
	man,
	completion,
	carryOut,
	complete,
];
