/** THE table of commands, in the order of the help. A new command is one file beside the others and one line here. */

import {planCommand} from './change/plan.ts';
import {verbs} from './change/verbs/verbs.ts';
import type {Command} from './command.ts';
import {completeCommand} from './completion/complete.ts';
import {completionCommand} from './completion/completion.ts';
import {doctorCommand} from './doctor/doctor.ts';
import {helpCommand} from './help/help.ts';
import {manCommand} from './help/man.ts';
import {hostsCommand} from './hosts/hosts.ts';
import {cancelCommand} from './operations/cancel.ts';
import {carryOutCommand} from './operations/carry-out.ts';
import {logCommand} from './operations/log.ts';
import {recoverCommand} from './operations/recover.ts';
import {undoCommand} from './operations/undo.ts';
import {diffCommand} from './show/diff.ts';
import {listCommand} from './show/list.ts';
import {openCommand} from './show/open.ts';
import {sizeCommand} from './show/size.ts';
import {agentCommand} from './start/agent.ts';
import {demoCommand} from './start/demo.ts';

export const commands: readonly Command[] = [
	listCommand,
	sizeCommand,
	diffCommand,
	openCommand,
	planCommand,
	...verbs,
	logCommand,
	undoCommand,
	recoverCommand,
	cancelCommand,
	hostsCommand,
	doctorCommand,
	demoCommand,
	helpCommand,
	manCommand,
	completionCommand,
	carryOutCommand,
	agentCommand,
	completeCommand,
];
