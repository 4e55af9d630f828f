/* SPDX-License-Identifier: GPL-2.0-or-later */
/* open_softirq(): softirq. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void action(struct softirq_action *h)
{
	spin_lock(&a);
	spin_unlock(&a);
}

SYSCALL_DEFINE0(plain)
{
	spin_lock_bh(&a);
	spin_unlock_bh(&a);
	return 0;
}

static int __init setup(void)
{
	open_softirq(BLOCK_SOFTIRQ, action);
	return 0;
}
module_init(setup);
