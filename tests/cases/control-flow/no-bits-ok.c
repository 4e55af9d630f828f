/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A helper's result is asked for, and without a header it has no bit at all: no report. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

struct header { int flags; };

static DEFINE_SPINLOCK(s);
static DEFINE_MUTEX(m);
extern struct header *some;

static inline int wants_report(const struct header *h)
{
	return h ? !!(h->flags & 8) : 0;
}

static void notify(int group, int report)
{
	if (report) {
		mutex_lock(&m);
		mutex_unlock(&m);
	}
}

static void tell(int group, const struct header *h)
{
	notify(group, wants_report(h));
}

static int __init setup(void)
{
	spin_lock(&s);
	tell(1, NULL);
	spin_unlock(&s);
	tell(2, some);
	return 0;
}
module_init(setup);
