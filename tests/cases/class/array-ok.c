/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The locks of an array, initialised by one spin_lock_init(): one class. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static spinlock_t tab[4];

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&tab[irq]);
	spin_unlock(&tab[irq]);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock_irq(&tab[1]);
	spin_unlock_irq(&tab[1]);
	return 0;
}

static int __init setup(void)
{
	int i;

	for (i = 0; i < 4; i++)
		spin_lock_init(&tab[i]);
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
