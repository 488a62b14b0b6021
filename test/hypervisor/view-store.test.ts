import {expect, test} from 'vitest';
import {createViewStore} from '../../source/hypervisor/view-store.ts';
import {domain} from '../facts/domain.ts';
import {host} from '../facts/facts.ts';

const one = domain({uuid: '1'});
const two = domain({uuid: '2', name: 'two'});

function connected() {
	const store = createViewStore();
	let calls = 0;
	store.subscribe(() => calls++);
	store.update({host, connection: {status: 'connected'}, domains: [one, two], pending: new Set(['1'])});
	return {store, calls: () => calls};
}

test('it begins with nothing known', () => {
	expect(createViewStore().view()).toEqual({connection: {status: 'connecting'}, inventory: null, pending: new Set()});
});

test('equal facts are no change: the view stays the same object, no listener is called', () => {
	const {store, calls} = connected();
	const view = store.view();
	store.update({
		host: {...host},
		domains: structuredClone([one, two]),
		pending: new Set(['1']),
		connection: {status: 'connected'},
	});
	expect(store.view()).toBe(view);
	expect(calls()).toBe(1);
});

test('a changed domain leaves the others the same objects', () => {
	const {store, calls} = connected();
	const before = store.view().inventory!;
	store.update({domains: [structuredClone(one), {...two, state: 'running'}]});
	const after = store.view().inventory!;
	expect(after).not.toBe(before);
	expect(after.domains[0]).toBe(before.domains[0]);
	expect(after.domains[1]).toMatchObject({state: 'running'});
	expect(after.host).toBe(before.host);
	expect(calls()).toBe(2);
});

test('a lost connection leaves the inventory on view', () => {
	const {store} = connected();
	const {inventory} = store.view();
	store.connection({status: 'lost', reason: 'gone', retryAt: '2026-01-01T00:00:00.000Z'});
	expect(store.view().inventory).toBe(inventory);
	expect(store.view().connection.status).toBe('lost');
});

test('order and number of domains are part of it', () => {
	const {store} = connected();
	store.update({domains: [two, one]});
	expect(store.view().inventory!.domains.map(({uuid}) => uuid)).toEqual(['2', '1']);
	store.update({domains: [two]});
	expect(store.view().inventory!.domains).toHaveLength(1);
});

test('who stopped listening is not called', () => {
	const store = createViewStore();
	let calls = 0;
	const stop = store.subscribe(() => calls++);
	stop();
	store.connection({status: 'connected'});
	expect(calls).toBe(0);
});
