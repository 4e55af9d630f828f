/* SPDX-License-Identifier: GPL-2.0-or-later */
/* read_lock_is_recursive(): in_interrupt() is true with bottom halves disabled, too. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(a);
static DEFINE_RWLOCK(b);

SYSCALL_DEFINE0(nest)
{
	local_bh_disable();
	write_lock(&a);
	read_lock(&b);
	read_unlock(&b);
	write_unlock(&a);
	local_bh_enable();
	return 0;
}
