/* SPDX-License-Identifier: GPL-2.0-or-later */
/* del_timer_sync() under a lock that the handler takes: the timer is a map that the handler holds. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);

static void expire(struct timer_list *t)
{
	spin_lock(&a);
	spin_unlock(&a);
}
static struct timer_list timer;

SYSCALL_DEFINE0(stop)
{
	spin_lock_bh(&a);
	del_timer(&timer);
	spin_unlock_bh(&a);
	return 0;
}

static int __init setup(void)
{
	timer_setup(&timer, expire, 0);
	return 0;
}
module_init(setup);
