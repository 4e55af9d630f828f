/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may sleep on one path only may well be entered by an interrupt on the other: its lock is taken there, and with irqs on. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(beside);
static int counter;

static void helper(void)
{
	spin_lock(&beside);
	spin_unlock(&beside);
}

static void may_sleep(void)
{
	if (counter)
		might_sleep();
	helper();
}

static irqreturn_t on_irq(int irq, void *d)
{
	if (irq > 100)
		may_sleep();
	return IRQ_HANDLED;
}

static int __init setup(void)
{
	may_sleep();
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
