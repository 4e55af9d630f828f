/* SPDX-License-Identifier: GPL-2.0-or-later */
/* spin_trylock_irqsave() restores the flags on its failing path: irqs are on again in both cases. */
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

SYSCALL_DEFINE0(try)
{
	unsigned long flags;

	if (!spin_trylock_irqsave(&a, flags)) {
		spin_lock(&b);
		spin_unlock(&b);
		return -EBUSY;
	}
	spin_unlock_irqrestore(&a, flags);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
