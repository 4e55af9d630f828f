/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep-design.rst, "Dependency types and strong dependency paths": -(all four, from two functions)->. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);
static DEFINE_RWLOCK(b);

static irqreturn_t on_irq(int irq, void *d)
{
	write_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	write_unlock(&a);
	read_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	read_unlock(&a);
	return IRQ_HANDLED;
}

SYSCALL_DEFINE0(nest)
{
	write_lock_irq(&a);
	write_lock(&b);
	write_unlock(&b);
	write_unlock_irq(&a);
	read_lock_irq(&a);
	write_lock(&b);
	write_unlock(&b);
	read_unlock_irq(&a);
	return 0;
}

static int __init setup(void)
{
	return request_irq(1, on_irq, 0, "t", NULL);
}
module_init(setup);
