/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How large something is decides the way, but no object's owner has seen to it that the large way is not taken: as sure as any branch. */
#include <linux/init.h>
#include <linux/spinlock.h>

struct job { unsigned long len; int left; };

extern void schedule(void);

static DEFINE_SPINLOCK(s);

static void work(struct job *j)
{
	if (j->len > 4096)
		schedule();
	j->left--;
}

extern struct job some;

static int __init setup(void)
{
	spin_lock(&s);
	work(&some);
	spin_unlock(&s);
	return 0;
}
module_init(setup);
