/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of records without a name, that others' files see: its functions are found through the variable. */
#include <linux/init.h>
#include <linux/interrupt.h>

extern struct { irq_handler_t handler; int bit; } irq_table[1];

static int __init setup(void)
{
	for (int i = 0; i < 1; i++)
		if (request_irq(irq_table[i].bit, irq_table[i].handler, 0, "t", NULL))
			return -1;
	return 0;
}
module_init(setup);
