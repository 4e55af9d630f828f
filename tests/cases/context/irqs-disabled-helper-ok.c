/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper that enables irqs only when they were on enables nothing under a lock that is held with irqs off. */
#include <linux/interrupt.h>
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void work(void)
{
	if (irqs_disabled()) {
		spin_lock(&b);
		spin_unlock(&b);
		return;
	}
	spin_lock_irq(&b);
	spin_unlock_irq(&b);
}

static irqreturn_t handler(int irq, void *data)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init start(void)
{
	return request_irq(3, handler, 0, "x", NULL);
}
module_init(start);

SYSCALL_DEFINE0(both)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	work();
	spin_unlock_irqrestore(&a, flags);
	work();
	return 0;
}
