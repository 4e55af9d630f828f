/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With BHs off read_lock() is recursive (read_lock_is_recursive() asks in_interrupt()), and may be taken twice. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_RWLOCK(rw);

SYSCALL_DEFINE0(twice)
{
	read_lock_bh(&rw);
	read_lock_bh(&rw);
	read_unlock_bh(&rw);
	read_unlock_bh(&rw);
	return 0;
}
