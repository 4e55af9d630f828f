/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep.c, mark_usage(): SOFTIRQ-ON is set only with hardirqs and softirqs enabled. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);

static void on_timer(struct timer_list *t)
{
	spin_lock(&a);
	spin_unlock(&a);
}
static DEFINE_TIMER(timer, on_timer);

SYSCALL_DEFINE0(quiet)
{
	local_irq_disable();
	spin_lock(&a);
	spin_unlock(&a);
	local_irq_enable();
	return 0;
}

static int __init setup(void)
{
	mod_timer(&timer, 1);
	return 0;
}
module_init(setup);
