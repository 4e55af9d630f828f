/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A symbol of the linker's marks an address: what lies somewhere from there is of its own record's class, not of the symbol's. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

extern char section_start[];
struct one { int x; spinlock_t lock; };
struct two { int y; spinlock_t lock; };

static irqreturn_t handler(int irq, void *data)
{
	struct one *o = (struct one *)(section_start + irq);

	spin_lock(&o->lock);
	spin_unlock(&o->lock);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE1(call, int, n)
{
	struct two *t = (struct two *)(section_start + n);

	spin_lock(&t->lock);
	spin_unlock(&t->lock);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, handler, 0, "case", NULL);
}
module_init(setup);
