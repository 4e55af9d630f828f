/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/spinlock.h>

void take(spinlock_t *l);

void take(spinlock_t *l)
{
	spin_lock(l);
	spin_unlock(l);
}
