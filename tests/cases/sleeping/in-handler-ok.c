/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "sleeping function called from invalid context": no lock is needed for that in an interrupt. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(m);

static irqreturn_t on_irq(int irq, void *d)
{
	if (mutex_trylock(&m))
		mutex_unlock(&m);
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
