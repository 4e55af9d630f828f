/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * probe() gives back its caller's lock and then, by way of send(), may come to itself: where send() is looked at for that, probe() is
 * not finished, and has given the lock back all the same.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct neigh { spinlock_t lock; int state, again; };

static struct tasklet_struct t;
extern struct neigh *neigh;

void send(struct neigh *n);

static void probe(struct neigh *n)
{
	spin_unlock(&n->lock);
	if (n->again)
		send(n);
}

void send(struct neigh *n)
{
	local_bh_disable();
	spin_lock(&n->lock);
	probe(n);
	local_bh_enable();
}

static void __arm(unsigned long data)
{
	spin_lock(&neigh->lock);
	probe(neigh);
}

SYSCALL_DEFINE0(one)
{
	send(neigh);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&neigh->lock);
	tasklet_init(&t, __arm, 0);
	return 0;
}
module_init(setup);
