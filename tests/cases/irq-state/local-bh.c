/* SPDX-License-Identifier: GPL-2.0-or-later */
/* local_bh_disable() protects as spin_lock_bh() does; local_bh_enable() marks what is still held. */
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

SYSCALL_DEFINE0(nest)
{
	local_bh_disable();
	spin_lock(&a);
	local_bh_enable();
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	mod_timer(&timer, 1);
	return 0;
}
module_init(setup);
