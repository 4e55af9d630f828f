/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper that tries first and waits else holds the lock either way: its caller takes the spinlock as it must be taken. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_MUTEX(m);

static int lock_it(int wait)
{
	if (!mutex_trylock(&m)) {
		if (!wait)
			return -11;
		if (mutex_lock_interruptible(&m))
			return -512;
	}
	return 0;
}

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(plain)
{
	if (lock_it(1) < 0)
		return -1;
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	mutex_unlock(&m);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", 0);
}
module_init(setup);
