/** A story on another host: a real sshd, and the built program there. All of them: `npm run test:matrix -- --remote`. */
import {expect} from 'vitest';
import {histories, play} from '../stories/histories.ts';
import {farTest} from '../stories/story.ts';

const short = ['libvirt-internal', 'external-offline'];
const few = histories.filter(({method, running, disks}) => short.includes(method) && !running && disks.length === 1);

farTest.for(few)('$method: taken, gone back to, deleted on another host', async (history, {story}) => {
	expect(await story.hypervisor.machine()).toMatchObject({name: 'far'});
	await play(story, history);
});
