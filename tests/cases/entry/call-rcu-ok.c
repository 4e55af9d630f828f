/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An RCU callback: softirq. */
#include <linux/init.h>
#include <linux/rcupdate.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void free_it(struct rcu_head *h)
{
	spin_lock(&a);
	spin_unlock(&a);
}
static struct rcu_head head;

SYSCALL_DEFINE0(put)
{
	call_rcu(&head, free_it);
	return 0;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	return 0;
}
