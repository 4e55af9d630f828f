/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct priv { spinlock_t lock; int n; };

struct priv *new_priv(void);

SYSCALL_DEFINE0(one)
{
	struct priv *p = new_priv();

	spin_lock_init(&p->lock);
	spin_lock(&p->lock);
	spin_unlock(&p->lock);
	return 0;
}
