/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spin_unlock_irq() enables irqs whatever they were: the outer irqsave lock is held with irqs on. */
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

SYSCALL_DEFINE0(outer)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	spin_lock_irq(&b);
	spin_unlock_irq(&b);
	spin_unlock_irqrestore(&a, flags);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
