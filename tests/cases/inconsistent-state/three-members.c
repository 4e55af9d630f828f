/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The tasklet takes the lock only for a request of its controller's own memory, that is large and not cached: whoever makes requests
 * for such a controller knows which of them its tasklet meets.  Three members must agree, so it is no more than medium.
 */
#include <linux/init.h>
#include <linux/interrupt.h>
#include <linux/spinlock.h>

struct req { int own, large, cached; };

static DEFINE_SPINLOCK(s);
static struct tasklet_struct t;

static void unmap(struct req *r)
{
	if (!r->own)
		return;
	if (!r->large)
		return;
	if (r->cached)
		return;
	spin_lock(&s);
	spin_unlock(&s);
}

extern struct req *next_req(void);

static void done(unsigned long data)
{
	unmap(next_req());
}

static int show(void)
{
	spin_lock(&s);
	spin_unlock(&s);
	return 0;
}

static int __init setup(void)
{
	tasklet_init(&t, done, 0);
	return show();
}
module_init(setup);
