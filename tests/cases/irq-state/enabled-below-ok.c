/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Saved and restored below: irqs stay off under the outer lock. */
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

static void deep(void)
{
	unsigned long flags;

	spin_lock_irqsave(&b, flags);
	spin_unlock_irqrestore(&b, flags);
}

static void middle(void)
{
	unsigned long flags;

	deep();
	spin_lock_irqsave(&b, flags);
	spin_unlock_irqrestore(&b, flags);
}

SYSCALL_DEFINE0(outer)
{
	spin_lock_irq(&a);
	middle();
	spin_unlock_irq(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
