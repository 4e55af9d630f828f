/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Outside interrupts a second read_lock() waits behind a writer that waits for the first. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);

SYSCALL_DEFINE0(twice)
{
	read_lock(&a);
	read_lock(&a);
	read_unlock(&a);
	read_unlock(&a);
	return 0;
}
