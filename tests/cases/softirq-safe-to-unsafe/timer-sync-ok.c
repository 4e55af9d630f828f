/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for a timer under a softirq-safe lock: the wait takes the timer's map with irqs off and marks nothing. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(z);
static struct timer_list waited, other;

static void waited_fn(struct timer_list *t)
{
	spin_lock(&z);
	spin_unlock(&z);
}

static void other_fn(struct timer_list *t)
{
	spin_lock(&a);
	spin_unlock(&a);
}

static int __init start(void)
{
	timer_setup(&waited, waited_fn, 0);
	timer_setup(&other, other_fn, 0);
	return 0;
}
module_init(start);

SYSCALL_DEFINE0(stop)
{
	spin_lock_bh(&a);
	del_timer_sync(&waited);
	spin_unlock_bh(&a);
	del_timer_sync(&waited);
	return 0;
}
