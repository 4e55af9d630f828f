/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same over a call: the callee's spin_unlock_irq() enables irqs under the caller's lock. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static void inner(void)
{
	spin_lock_irq(&b);
	spin_unlock_irq(&b);
}

SYSCALL_DEFINE0(outer)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	inner();
	spin_unlock_irqrestore(&a, flags);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
