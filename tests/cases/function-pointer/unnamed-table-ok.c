/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two files have a table of records without a name: what one registers from its table is not what the other's holds. */
#include <linux/init.h>
#include <linux/interrupt.h>

static irqreturn_t on_irq(int irq, void *d)
{
	return IRQ_HANDLED;
}

static const struct { irq_handler_t handler; int bit; } irq_table[] = { { on_irq, 1 } };

static int __init setup(void)
{
	for (int i = 0; i < 1; i++)
		if (request_irq(irq_table[i].bit, irq_table[i].handler, 0, "t", NULL))
			return -1;
	return 0;
}
module_init(setup);
