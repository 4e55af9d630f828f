/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bottom halves enabled again while irqs stay off: still no softirq can run. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void on_timer(struct timer_list *t)
{
	spin_lock(&b);
	spin_unlock(&b);
}
static DEFINE_TIMER(timer, on_timer);

SYSCALL_DEFINE0(quiet)
{
	unsigned long flags;

	spin_lock_bh(&a);
	local_irq_save(flags);
	spin_unlock_bh(&a);
	spin_lock(&b);
	spin_unlock(&b);
	local_irq_restore(flags);
	return 0;
}

static int __init setup(void)
{
	mod_timer(&timer, 1);
	return 0;
}
module_init(setup);
