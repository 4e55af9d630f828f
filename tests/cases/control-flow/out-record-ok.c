/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record on the stack that nobody else is given has what was put there: the way that it rules out is not gone. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

struct answer { int length; spinlock_t lock; };

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	struct answer answer;

	answer.length = 0;
	spin_lock_init(&answer.lock);
	if (answer.length != 4)
		return -1;
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", 0);
}
module_init(setup);
