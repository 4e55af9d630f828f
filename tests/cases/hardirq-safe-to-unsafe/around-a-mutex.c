/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One way from the safe to the unsafe lock goes over a mutex, another over spinlocks only: both are wrong. */
#include <linux/interrupt.h>
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static DEFINE_SPINLOCK(x);
static DEFINE_MUTEX(m);

static irqreturn_t handler(int irq, void *data)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

static int __init start(void)
{
	return request_irq(3, handler, 0, "x", NULL);
}
module_init(start);

SYSCALL_DEFINE0(over_mutex)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	mutex_lock(&m);
	mutex_unlock(&m);
	spin_unlock_irqrestore(&a, flags);
	mutex_lock(&m);
	spin_lock(&b);
	spin_unlock(&b);
	mutex_unlock(&m);
	return 0;
}

SYSCALL_DEFINE0(over_spinlocks)
{
	unsigned long flags;

	spin_lock_irqsave(&a, flags);
	spin_lock(&x);
	spin_unlock(&x);
	spin_unlock_irqrestore(&a, flags);
	local_irq_disable();
	spin_lock(&x);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&x);
	local_irq_enable();
	return 0;
}
