/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep-design.rst, "Dependency types and strong dependency paths": -(EN)->. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);
static DEFINE_RWLOCK(b);

SYSCALL_DEFINE0(nest)
{
	write_lock_irq(&a);
	write_lock(&b);
	write_unlock(&b);
	write_unlock_irq(&a);
	return 0;
}
