/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In an interrupt read_lock() is recursive. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

static DEFINE_RWLOCK(a);

static irqreturn_t on_irq(int irq, void *d)
{
	read_lock(&a);
	read_lock(&a);
	read_unlock(&a);
	read_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
