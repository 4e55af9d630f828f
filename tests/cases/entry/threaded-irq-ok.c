/* SPDX-License-Identifier: GPL-2.0-or-later */
/* request_threaded_irq(): the thread function is process context, irqs on. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);

static irqreturn_t thread(int irq, void *d)
{
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	return IRQ_HANDLED;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_threaded_irq(1, on_irq, thread, 0, "t", NULL);
}
module_init(setup);
