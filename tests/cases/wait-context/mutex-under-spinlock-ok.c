/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Invalid wait context": a sleeping lock inside a spinning one. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_MUTEX(m);

SYSCALL_DEFINE0(use)
{
	mutex_lock(&m);
	spin_lock(&a);
	spin_unlock(&a);
	mutex_unlock(&m);
	return 0;
}
