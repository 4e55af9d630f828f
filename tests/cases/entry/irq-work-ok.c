/* SPDX-License-Identifier: GPL-2.0-or-later */
/* init_irq_work(): hardirq. */
#include <linux/init.h>
#include <linux/irq_work.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void run(struct irq_work *w)
{
	spin_lock(&a);
	spin_unlock(&a);
}
static struct irq_work work;

SYSCALL_DEFINE0(plain)
{
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	return 0;
}

static int __init setup(void)
{
	init_irq_work(&work, run);
	return 0;
}
module_init(setup);
