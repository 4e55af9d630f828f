/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers/usb/core/hcd.c: a driver's URB submitted under its lock is for a device, not for the root hub. */
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(hub);
static int root;

static int rh_call_control(int *urb)
{
	might_sleep();
	spin_lock_irq(&hub);
	spin_unlock_irq(&hub);
	return 0;
}

SYSCALL_DEFINE0(one)
{
	spin_lock_irq(&a);
	if (root)
		rh_call_control(&root);
	spin_unlock_irq(&a);
	return 0;
}
