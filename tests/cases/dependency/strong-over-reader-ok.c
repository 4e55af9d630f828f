/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep-design.rst, "Dependency types and strong dependency paths": -(ER)-> -(SN)-> is not strong.  The reader is recursive as bottom halves are off. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_RWLOCK(b);
static DEFINE_SPINLOCK(c);

static irqreturn_t on_irq(int irq, void *d)
{
	spin_lock(&a);
	spin_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(first)
{
	local_bh_disable();
	spin_lock_irq(&a);
	read_lock(&b);
	read_unlock(&b);
	spin_unlock_irq(&a);
	local_bh_enable();
	return 0;
}

SYSCALL_DEFINE0(second)
{
	read_lock_irq(&b);
	spin_lock(&c);
	spin_unlock(&c);
	read_unlock_irq(&b);
	return 0;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock(&c);
	spin_unlock(&c);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
