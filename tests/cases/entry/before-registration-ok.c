/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before request_irq() the handler cannot run: what init does first cannot be interrupted by it. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	spin_lock(&a);
	spin_unlock(&a);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
