/* SPDX-License-Identifier: GPL-2.0-or-later */
/* timer_setup(): softirq, irqs on. */
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

SYSCALL_DEFINE0(plain)
{
	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	return 0;
}

static int __init setup(void)
{
	timer_setup(&timer, expire, 0);
	return 0;
}
module_init(setup);
