/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper returns the saved flags word; after the restore irqs are as they were on entry. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&b);
	spin_unlock(&b);
	return IRQ_HANDLED;
}

static unsigned long begin(void)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	return flags;
}

SYSCALL_DEFINE0(use)
{
	unsigned long flags = begin();

	spin_unlock_irqrestore(&a, flags);
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
