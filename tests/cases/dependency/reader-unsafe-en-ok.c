/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the handler read_lock() is recursive and never waits for the reader in plain(). */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_RWLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(nest)
{
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	return 0;
}

SYSCALL_DEFINE0(plain)
{
	read_lock(&b);
	read_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
