/* SPDX-License-Identifier: GPL-2.0-or-later */
/* smp_call_function_single(): hardirq on the other CPU. */
#include <linux/init.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void remote(void *info)
{
	spin_lock(&a);
	spin_unlock(&a);
}

SYSCALL_DEFINE0(kick)
{
	smp_call_function_single(1, remote, NULL, 0);
	return 0;
}

SYSCALL_DEFINE0(plain)
{
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	return 0;
}
