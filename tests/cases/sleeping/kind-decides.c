/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: what kind of job it is decides, and who takes the lock may know that it is none of those that wait. */
#include <linux/init.h>
#include <linux/spinlock.h>

struct job { unsigned long len; int left; };

extern void schedule(void);

static DEFINE_SPINLOCK(s);

static void work(struct job *j)
{
	if (j->len == 3)
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
