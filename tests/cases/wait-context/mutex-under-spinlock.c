/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Invalid wait context": a sleeping lock inside a spinning one. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_MUTEX(m);

SYSCALL_DEFINE0(use)
{
	spin_lock(&a);
	mutex_lock(&m);
	mutex_unlock(&m);
	spin_unlock(&a);
	return 0;
}
