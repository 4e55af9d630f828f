/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/interrupt.h>
#include <linux/mutex.h>

static DEFINE_MUTEX(m);

static irqreturn_t on_irq(int irq, void *d)
{
	mutex_lock(&m);
	mutex_unlock(&m);
	return IRQ_HANDLED;
}

struct { irq_handler_t handler; int bit; } irq_table[1] = { { on_irq, 1 } };
