/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nobody calls nobody_calls(): its irq state is unknown, and unknown is never "irqs on" at high rank. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);

void nobody_calls(void);
void nobody_calls(void)
{
	spin_lock(&a);
	spin_unlock(&a);
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
