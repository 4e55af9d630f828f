/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep-design.rst, "Single-lock state rules": IN-soft lock taken with irqs on, write in irq, write outside. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include <linux/timer.h>

static DEFINE_RWLOCK(a);

static void on_timer(struct timer_list *t)
{
	write_lock(&a);
	write_unlock(&a);
}
static DEFINE_TIMER(timer, on_timer);

SYSCALL_DEFINE0(plain)
{
	write_lock_bh(&a);
	write_unlock_bh(&a);
	return 0;
}

static int __init setup(void)
{
	mod_timer(&timer, 1);
	return 0;
}
module_init(setup);
