/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spinlock_check(), .rlock and raw spin locks: the inner lock is the outer one. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_RAW_SPINLOCK(r);

static irqreturn_t on_irq(int irq, void *d)
{
	raw_spin_lock(&a.rlock);
	raw_spin_lock(&r);
	raw_spin_unlock(&r);
	raw_spin_unlock(&a.rlock);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(use)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	raw_spin_lock(&r);
	raw_spin_unlock(&r);
	spin_unlock_irqrestore(&a, flags);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
