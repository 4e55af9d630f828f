/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two places hold the lock over what may sleep.  In the nearer one a member of the object decides, so it may be well; in
 * the other one it surely sleeps, and that is what must be shown.
 */
#include <linux/init.h>
#include <linux/spinlock.h>

struct job { int may_wait, left; };

extern void schedule(void);

static DEFINE_SPINLOCK(s);

static void rest(struct job *j)
{
	if (j->may_wait)
		schedule();
	j->left--;
}

static void pause_all(void)
{
	spin_lock(&s);
	schedule();
	spin_unlock(&s);
}

static void step_two(void) { pause_all(); }
static void step_one(void) { step_two(); }

extern struct job some;

static int __init setup(void)
{
	spin_lock(&s);
	rest(&some);
	spin_unlock(&s);
	step_one();
	return 0;
}
module_init(setup);
