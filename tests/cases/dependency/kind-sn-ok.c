/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lockdep-design.rst, "Dependency types and strong dependency paths": -(SN)->. */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);
static DEFINE_RWLOCK(b);

SYSCALL_DEFINE0(nest)
{
	read_lock_irq(&a);
	write_lock(&b);
	write_unlock(&b);
	read_unlock_irq(&a);
	return 0;
}
